import type { Alarm, Sleeper } from '../runtime/alarms.ts'
import type { AttemptOwner } from './active-attempt.ts'
import { ActiveAttempt } from './active-attempt.ts'
import type { SharedCall } from '../sharing/shared-call.ts'
import type { CallStep } from './admit.ts'
import { handBack } from './admit.ts'
import { Plan } from './plan.ts'
import type { Run } from './run.ts'

/** What is done with each target: a call, and what is made of its answer. What `call` and `check` throw fails the attempt. */
export interface Operation<Answer, Result> {
  /** Makes one call; for a stream, up to its first content. */
  call(attempt: ActiveAttempt): PromiseLike<Answer>
  /** Whether it is an answer at all. */
  check?(attempt: ActiveAttempt, answer: Answer): void
  accept(attempt: ActiveAttempt, answer: Answer): Result
  /** Lets go of an answer that came too late. */
  discard?(answer: Answer): void
}

/**
 * Runs a request to its result.
 *
 * @throws RouteFailedError when no target gives one
 * @throws the caller's reason when the caller leaves
 */
export function runAttempts<Answer, Result>(run: Run, operation: Operation<Answer, Result>): Promise<Result> {
  const loop = new AttemptLoop(run, operation)
  const { signal } = run
  if (signal === undefined) return loop.next(run.startedAt)
  const onAbort = (): void => loop.leave(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  return loop.next(run.startedAt).finally(() => signal.removeEventListener('abort', onAbort))
}

/**
 * The fallback loop, for answers and streams alike: does what the plan says until a call succeeds. Calls under way are
 * one, or two where a hedge runs beside the first.
 */
export class AttemptLoop<Answer, Result> implements Sleeper, AttemptOwner {
  readonly #run: Run
  readonly #operation: Operation<Answer, Result>
  readonly #plan: Plan
  #resolve: ((result: Result) => void) | undefined
  #reject: ((reason: unknown) => void) | undefined
  #underWay: ActiveAttempt | undefined
  #hedge: ActiveAttempt | undefined
  /** Failed while the other one was under way; what follows from it counts if that one fails too. */
  #failedBeside: ActiveAttempt | undefined
  /** A call that is to be made as soon as it has its share of the limits. */
  #reserving: CallStep | undefined
  /** Of a wait, or of the moment to hedge. */
  #alarm: Alarm | undefined
  /** Where it waits for its turn. */
  #queue: Set<Sleeper> | undefined

  constructor(run: Run, operation: Operation<Answer, Result>) {
    this.#run = run
    this.#operation = operation
    this.#plan = new Plan(run)
  }

  /**
   * Goes on until a call succeeds.
   *
   * @param broken the call whose stream broke after its content had begun, where the loop goes on after that
   */
  next(now: number, broken?: ActiveAttempt): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (broken === undefined) this.#advance(now)
      else this.#goOn(broken, now)
    })
  }

  /** Whoever asked leaves, or the router is disposed of: the calls and waits under way end. */
  leave(reason: unknown): void {
    if (this.#reject === undefined) return
    const now = this.#run.now()
    this.#underWay?.abort(reason)
    this.#hedge?.abort(reason)
    this.#run.ended('aborted', now)
    this.#end(reason)
  }

  /** A wait is over, or a call has been slow for so long that a second one is sent. */
  ring(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#queue?.delete(this)
    const now = this.#run.now()
    if (this.#underWay === undefined) return this.#advance(now)
    const step = this.#plan.hedge(this.#underWay.target, now)
    if (step !== undefined) this.#reserve(step, now)
  }

  /** The router is disposed of. */
  end(reason: unknown): void {
    this.leave(reason)
  }

  failed(attempt: ActiveAttempt, error: unknown): void {
    if (attempt.settled) return attempt.cameLate(false)
    const { leaver } = this.#run
    if (leaver !== undefined && attempt.guard.expired === undefined) return this.leave(leaver.reason)
    attempt.fail(error)
    if (attempt === this.#underWay) this.#underWay = this.#hedge
    this.#hedge = undefined
    if (this.#underWay !== undefined || this.#reserving !== undefined) {
      this.#failedBeside = attempt
      return
    }
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#goOn(attempt, this.#run.now())
  }

  #goOn(after: ActiveAttempt, now: number): void {
    try {
      this.#plan.failed(after, now, this.#failedBeside)
    } catch (error) {
      return this.#end(error)
    }
    this.#advance(now)
  }

  #advance(now: number): void {
    let step
    try {
      step = this.#plan.next(now)
    } catch (error) {
      return this.#end(error)
    }
    if (step.type === 'call') return this.#reserve(step, now)
    this.#alarm = this.#run.context.alarms.set(now + step.waitMs, now, this)
    this.#queue = step.forRoomAt && (step.forRoomAt.queue ??= new Set()).add(this)
  }

  /** Makes a call, once there is room for it in the limits that the target has for all processes together. */
  #reserve(step: CallStep, now: number): void {
    const run = this.#run
    const { shared } = run.context
    const { id, state } = step.target
    const { limiter } = state
    if (shared === undefined || limiter?.perMinute === undefined) return this.#begin(step, now)
    this.#reserving = step
    const reserved = shared.reserveCall(id, limiter.perMinute, run.inputTokens, run.outputTokens(limiter))
    void reserved.then((taken) => this.#reserved(step, taken))
  }

  #reserved(step: CallStep, taken: SharedCall | undefined): void {
    if (this.#reserving !== step) return taken?.release()
    const run = this.#run
    const { leaver } = run
    if (leaver !== undefined) {
      taken?.release()
      return this.leave(leaver.reason)
    }
    this.#reserving = undefined
    const now = run.now()
    if (taken !== undefined) return this.#begin({ ...step, shared: taken }, now)
    this.#plan.refused(step, now)
    if (this.#underWay !== undefined) return
    const failed = this.#failedBeside
    this.#failedBeside = undefined
    if (failed === undefined) this.#advance(now)
    else this.#goOn(failed, now)
  }

  #begin(step: CallStep, now: number): void {
    const attempt = new ActiveAttempt(this.#run, step, now, this)
    if (this.#underWay === undefined) this.#underWay = attempt
    else this.#hedge = attempt
    try {
      this.#operation.call(attempt).then(
        (answer) => this.#answered(attempt, answer),
        (error: unknown) => this.failed(attempt, error),
      )
    } catch (error) {
      return this.failed(attempt, error)
    }
    if (attempt.number !== 1 || attempt.settled) return
    const hedgeAfterMs = this.#plan.hedgeAfterMs(step.target, now)
    if (hedgeAfterMs !== undefined) this.#alarm = this.#run.context.alarms.set(now + hedgeAfterMs, now, this)
  }

  #answered(attempt: ActiveAttempt, answer: Answer): void {
    if (attempt.settled) {
      attempt.cameLate(true)
      return this.#operation.discard?.(answer)
    }
    let result: Result
    try {
      this.#operation.check?.(attempt, answer)
      const other = attempt === this.#hedge ? this.#underWay : this.#hedge
      other?.outrace()
      result = this.#operation.accept(attempt, answer)
    } catch (error) {
      // One that counts as a success already can only be handed on as it is.
      return attempt.settled ? this.#end(error) : this.failed(attempt, error)
    }
    const resolve = this.#resolve
    this.#settle()
    resolve?.(result)
  }

  #end(reason: unknown): void {
    const reject = this.#reject
    this.#settle()
    reject?.(reason)
  }

  #settle(): void {
    this.#alarm?.cancel()
    this.#queue?.delete(this)
    const unmade = this.#reserving
    this.#reserving = undefined
    if (unmade !== undefined) handBack(unmade, this.#run.now())
    this.#alarm = this.#queue = this.#underWay = this.#hedge = this.#failedBeside = undefined
    this.#resolve = this.#reject = undefined
  }
}
