import { fullJitter } from '../backoff/full-jitter.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Attempt } from '../provider/ledger.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import type { CallStep } from './admit.ts'
import { admit, findRefusal, force, handBack, hasRoom, readyAtOf } from './admit.ts'
import { firstToWaitFor } from './first-to-wait-for.ts'
import { findLeastBad } from './least-bad.ts'
import { Lineup } from './lineup.ts'
import type { Run } from './run.ts'
import type { Target, TargetState } from './target.ts'
import { pausedBy } from './target.ts'

// Most requests have none.
const none: readonly never[] = []

/** Pauses that leave a key alone, or a target by it. */
const ofKeys: readonly Disposition['pause'][] = ['target-retry-after', 'target-escalating', 'account-escalating']

/** What to do next: make a call, or wait and ask again. */
export type Step = CallStep | Wait

export interface Wait {
  readonly type: 'wait'
  readonly waitMs: number
  /** The wait is over sooner when a call of this target ends. */
  readonly forRoomAt: TargetState | undefined
}

/** A target that is to be called at once by another of its keys. */
interface NextKey extends Pick<CallStep, 'target' | 'reason' | 'waitedMs'> {}

/** A call that is to be made after a wait, if the target still takes it then. */
interface Pending extends Wait {
  readonly target: Target
  readonly reason: Attempt['reason']
  readonly from: number
  isOver: boolean
}

/**
 * Decides, for one request, whom to call next: stage by stage, target by target, again where that makes sense, and as a
 * last resort a target that is shut out or left alone. It waits for nothing and calls nobody itself.
 */
export class Plan {
  readonly #run: Run
  readonly #lineup: Lineup
  #retries = 0
  #pending: Pending | undefined
  #byNextKey: NextKey | undefined
  /** Time waited for a model that is being loaded. */
  #warmedMs = 0
  /** Why the calls are made that follow on a broken stream. */
  #recovery: 'continue' | 'restart' | undefined

  constructor(run: Run) {
    this.#run = run
    this.#lineup = new Lineup(run)
  }

  /** @throws RouteFailedError when the request is over or nobody is left */
  next(now: number): Step {
    this.#run.throwIfOver(now)
    return (
      this.#nextPending(now) ??
      this.#nextKey(now) ??
      this.#nextPlanned(now) ??
      this.#forceLeastBad(now) ??
      this.#waitForOne(now)
    )
  }

  /**
   * Takes note that a call failed.
   *
   * @param beside a call that failed before, while that one was under way
   * @throws RouteFailedError when no other call would mend it
   */
  failed(attempt: ActiveAttempt, now: number, beside?: ActiveAttempt): void {
    const { target, failure, disposition, streamBroke } = attempt
    const again = [beside, attempt].filter((one) => one !== undefined && this.#heed(one))
    if (streamBroke) this.#recovery = this.#run.needsPrefill ? 'continue' : 'restart'
    const byKey = again.find((one) => one !== undefined && this.#takesAnotherKey(one, now))
    if (byKey !== undefined) {
      this.#byNextKey = { target: byKey.target.whole, reason: 'next-key', waitedMs: 0 }
      return
    }
    if (failure === undefined || disposition === undefined || !again.includes(attempt)) return
    const waitMs = this.#retryWaitMs(target.whole, failure, disposition, now)
    if (waitMs === undefined) return
    this.#retries++
    this.#wait(target.whole, 'retry', waitMs, now)
  }

  /** Takes note that a call cannot be made after all, since all processes together have used up a limit. */
  refused(step: CallStep, now: number): void {
    const { target, reason, waitedMs } = step
    const run = this.#run
    handBack(step, now)
    run.turnedAway = [...run.turnedAway, target.state]
    // A hedge is not worth another try, and its target keeps its turn.
    const { whole } = target
    if (reason !== 'hedge' && this.#hasOtherKey(whole, target.key, now)) {
      this.#byNextKey = { target: whole, reason, waitedMs }
    }
    const detail = 'a limit that it shares with other processes is used up'
    this.#run.refuse(target, now, { reason: 'limit', detail, kind: 'rate-limit' })
  }

  /** When a second call is to be made beside the first, in milliseconds from that; undefined for never. */
  hedgeAfterMs(first: Target, now: number): number | undefined {
    const { hedging } = this.#run.route
    if (hedging === undefined) return undefined
    hedging.request(now)
    return hedging.delayMs(first.whole.state.firstContent)
  }

  /** A second call beside the first, if one may be made and somebody of the stage can take it. */
  hedge(first: Target, now: number): CallStep | undefined {
    const run = this.#run
    if (run.isSpent || now >= run.deadlineAt || this.#isLeftForLater(now)) return undefined
    for (let at = this.#lineup.position; ; at++) {
      const target = this.#lineup.at(at)
      if (target === undefined) return undefined
      if (target.target === first.target || target.readyAt(now) > 0) continue
      // Whoever is refused as a hedge keeps its turn for when the first call has failed.
      run.beside = first
      const step = findRefusal(run, target, now) ? undefined : this.#call(target, 'hedge', 0, now)
      run.beside = undefined
      if (step === undefined) continue
      const { retryBudget } = target.state
      if (retryBudget.has(now) && run.route.hedging?.take(now)) {
        retryBudget.take(now)
        this.#lineup.bringForward(at)
        return step
      }
      handBack(step, now)
      return undefined
    }
  }

  /** What a failure means for all calls after it. @returns whether the same target may be called again */
  #heed({ target, failure, disposition }: ActiveAttempt): boolean {
    if (failure === undefined || disposition === undefined) return false
    const { nextTarget } = this.#innerRow(failure) ?? disposition
    // A refusal without a status is the provider's own: another service may have words for the request.
    const refusedUnsent = failure.kind === 'invalid-request' && failure.status === undefined
    if (nextTarget === 'no' && !refusedUnsent) throw this.#run.giveUp('final', failure)
    if (nextTarget === 'larger-window') this.#run.needsWindowOver(target.contextWindow ?? this.#run.inputTokens)
    return nextTarget !== 'larger-window'
  }

  /** What a route within gave up over for good is not mended by another target of this one either. */
  #innerRow({ cause }: ProviderError): Disposition | undefined {
    if (!isRouteFailedError(cause)) return undefined
    const { reason, kind } = cause
    return reason === 'final' || kind === 'context-length' ? this.#run.route.policy.dispositions[kind] : undefined
  }

  #nextPending(now: number): Step | undefined {
    const pending = this.#pending
    if (pending === undefined) return undefined
    if (!pending.isOver) {
      pending.isOver = true
      return pending
    }
    this.#pending = undefined
    const run = this.#run
    const { forRoomAt, from, target } = pending
    // Whoever is rung finds no more of a limit that all processes share than before.
    if (now >= from + pending.waitMs) run.turnedAway = none
    if (forRoomAt) run.queuedMs += now - from
    const step = this.#call(target, pending.reason, now - from, now)
    if (step !== undefined && run.callsOf(target) === 0) target.state.retryBudget.request(now)
    return step
  }

  /** Whether a call failed for what speaks of its key, and its target can be called at once by another. */
  #takesAnotherKey({ key, target: { whole }, disposition }: ActiveAttempt, now: number): boolean {
    const run = this.#run
    const isOfKey = disposition !== undefined && ofKeys.includes(disposition.pause)
    if (!isOfKey || key === undefined || run.isSpent || this.#isLeftForLater(now) || !hasRoom(run, whole)) return false
    // Keys of one owner may all be throttled at once: the last call is for somebody else.
    return this.#hasOtherKey(whole, key, now) && (run.callsLeft > 1 || !this.#isElseReady(whole, now, true))
  }

  #hasOtherKey({ byKey = [] }: Target, key: string | undefined, now: number): boolean {
    const run = this.#run
    return byKey.some((own) => own.key !== key && !run.turnedAway.includes(own.state) && readyAtOf(run, own, now) === 0)
  }

  /** Another key is another account: like a failover, it takes nothing out of the target's budget of retries. */
  #nextKey(now: number): Step | undefined {
    const next = this.#byNextKey
    this.#byNextKey = undefined
    return next && this.#call(next.target, next.reason, next.waitedMs, now)
  }

  /** The next target of this stage, or of the next stage that has one to offer. */
  #nextPlanned(now: number): Step | undefined {
    const lineup = this.#lineup
    for (;;) {
      for (let target = lineup.at(lineup.position); target; target = lineup.at(lineup.position)) {
        lineup.position++
        if (this.#isLeftForLater(now)) {
          const detail = 'the calls that are left are kept for later stages'
          this.#run.refuse(target, now, { reason: 'attempt-limit', detail })
          continue
        }
        const step = this.#callPlanned(target, now)
        if (step) return step
      }
      if (!lineup.openNext(now)) return undefined
    }
  }

  /** Whether so few calls are left that each later stage which could serve needs one: a last resort must be reached. */
  #isLeftForLater(now: number): boolean {
    const { callsLeft, route } = this.#run
    const { stages } = route
    const { hasChosen, opened } = this.#lineup
    if (!hasChosen || callsLeft > stages.length - opened) return false
    let needed = 0
    for (let later = opened; later < stages.length; later++) {
      if (stages[later]?.targets.some((target) => readyAtOf(this.#run, target, now) === 0)) needed++
    }
    return callsLeft <= needed
  }

  #callPlanned(target: Target, now: number): Step | undefined {
    const { attempts } = this.#run
    const last = attempts.length === 0 ? undefined : attempts.at(-1)
    const reason = last === undefined ? 'first' : last.stage === target.stage ? 'next-target' : 'next-stage'
    // A target that a route lists twice is not a new one.
    const again = this.#run.callsOf(target) > 0
    if (again && !this.#takeRetry(target, now)) return undefined
    const step = this.#call(target, reason, 0, now)
    if (step === undefined) return undefined
    this.#retries = 0
    if (!again) target.state.retryBudget.request(now)
    return step
  }

  /** Takes a retry out of the target's budget; without one the target is excluded. */
  #takeRetry(target: Target, now: number): boolean {
    const taken = target.state.retryBudget.take(now)
    if (!taken) this.#run.refuse(target, now, { reason: 'retry-budget', detail: 'its retries are used up for now' })
    return taken
  }

  /** Whether somebody else of this stage, or of any later one too, can be called at once. */
  #isElseReady(target: Target, now: number, anyStage: boolean): boolean {
    const { position, opened } = this.#lineup
    for (let at = position; ; at++) {
      const other = this.#lineup.at(at)
      if (other === undefined) break
      if (this.#isReadyInstead(other, target, now)) return true
    }
    const { stages } = this.#run.route
    for (let later = anyStage ? opened : stages.length; later < stages.length; later++) {
      if (stages[later]?.targets.some((other) => this.#isReadyInstead(other, target, now))) return true
    }
    return false
  }

  #isReadyInstead(other: Target, { whole: { state }, overrides }: Target, now: number): boolean {
    return (other.state !== state || other.overrides !== overrides) && readyAtOf(this.#run, other, now) === 0
  }

  /** How long a call may take: a stream to its first content; else, unless the route says, half of what is left. */
  #limitMs(target: Target, now: number): number {
    const { route, streamed, deadlineAt } = this.#run
    const leftMs = deadlineAt - now
    // A route within watches over its own calls.
    if (target.isRoute) return leftMs
    if (streamed) return route.policy.firstContentMs
    return route.policy.attemptMs ?? (this.#isElseReady(target, now, true) ? leftMs / 2 : leftMs)
  }

  #call(target: Target, why: Attempt['reason'], waitedMs: number, now: number): CallStep | undefined {
    const reason = why === 'hedge' ? why : (this.#recovery ?? why)
    const step = admit(this.#run, target, now, reason, waitedMs, this.#limitMs(target, now))
    if (step !== undefined) this.#lineup.called(target, now)
    return step
  }

  /** How long to wait before the same target is called again, or undefined where it is not to be. */
  #retryWaitMs(target: Target, failure: ProviderError, disposition: Disposition, now: number): number | undefined {
    const run = this.#run
    const { policy } = run.route
    const allowed =
      disposition.retryHere === 'yes'
        ? policy.retries
        : disposition.retryHere === 'once'
          ? Math.min(1, policy.retries)
          : 0
    if (this.#retries >= allowed || run.isSpent || this.#isLeftForLater(now) || !hasRoom(run, target)) {
      return undefined
    }
    if (readyAtOf(this.#run, target, now) > 0) return undefined
    // Somebody else of the same standing can serve at once: switch rather than wait. After a call that took all its time
    // there may be none left for a later stage, so that any will do.
    if (this.#isElseReady(target, now, failure.kind === 'timeout')) return undefined
    const backoff = failure.kind === 'overloaded' ? policy.throttledBackoff : policy.backoff
    const waitMs = fullJitter(backoff, this.#retries, run.context.random)
    if (now + waitMs >= run.deadlineAt) return undefined
    return this.#takeRetry(target, now) ? waitMs : undefined
  }

  /** With every circuit open, the target that is due first is called all the same: the last one is never shut out. */
  #forceLeastBad(now: number): Step | undefined {
    if (this.#run.started > 0) return undefined
    const { turnedAway } = this.#run
    const isLeft = ({ state }: Target): boolean => !turnedAway.includes(state)
    const best = findLeastBad(
      this.#run,
      this.#lineup.all.filter((target) => (target.byKey ?? [target]).some(isLeft)),
      now,
    )
    if (best === undefined) return undefined
    best.state.retryBudget.request(now)
    this.#retries = this.#run.route.policy.retries
    this.#lineup.called(best, now)
    return force(this.#run, best, now, this.#limitMs(best, now))
  }

  /**
   * Nobody answered, and somebody is left alone for a while only, or takes no more calls at the same time: waits for the
   * first of them, where the route's patience and the deadline allow it, and gives up otherwise.
   */
  #waitForOne(now: number): Step {
    const run = this.#run
    const { policy } = run.route
    const { first, full } = firstToWaitFor(run, this.#lineup.all, now)
    const pauseMs = first && this.#pauseToSitOut(first, now)
    const target = pauseMs === undefined ? full[0] : first
    if (target === undefined) throw run.giveUp('exhausted')
    const isWarming = pauseMs !== undefined && pausedBy(target.state, now)?.reason === 'warming'
    if (isWarming) this.#warmedMs += pauseMs
    if (run.callsOf(target.whole) > 0 && !isWarming && !this.#takeRetry(target, now)) throw run.giveUp('exhausted')
    this.#retries = policy.retries
    const waitMs = Math.min(pauseMs ?? policy.maxWaitMs - run.queuedMs, run.deadlineAt - now)
    // Of one that is left alone by this key another may have room before.
    const room = full.find(({ whole }) => whole === target.whole)
    this.#wait(target.whole, 'waited', waitMs, now, room?.state)
    return this.#nextPending(now) as Step
  }

  /** How long until a target may be called that is left alone; undefined where that is not worth the wait. */
  #pauseToSitOut(target: Target, now: number): number | undefined {
    const run = this.#run
    const { policy } = run.route
    const isWarming = pausedBy(target.state, now)?.reason === 'warming'
    // A little more than asked for, or all who wait would come back at the same moment.
    const waitMs = readyAtOf(run, target, now) - now + run.context.random() * policy.backoff.baseMs
    const patienceMs = isWarming ? policy.warmingMs - this.#warmedMs : policy.maxWaitMs
    return waitMs > patienceMs + policy.backoff.baseMs || now + waitMs >= run.deadlineAt ? undefined : waitMs
  }

  #wait(target: Target, reason: Attempt['reason'], waitMs: number, now: number, forRoomAt?: TargetState): void {
    const { context, number } = this.#run
    this.#pending = { type: 'wait', waitMs, forRoomAt, target, reason, from: now, isOver: false }
    context.events.emit?.({ type: 'retry-scheduled', request: number, target: target.target, waitMs })
  }
}
