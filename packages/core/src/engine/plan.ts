import { fullJitter } from '../backoff/full-jitter.ts'
import type { Circuit } from '../breaker/circuit.ts'
import { framesOf } from '../errors/frames-of.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Attempt } from '../provider/ledger.ts'
import type { StrategyContext } from '../strategy/strategy.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import type { CallStep } from './admit.ts'
import { admit, findLimit, findRefusal, handBack, hasRoom, isCapable } from './admit.ts'
import type { Stage } from './route.ts'
import type { Run } from './run.ts'
import { strategyContext } from './strategy-context.ts'
import type { Target, TargetState } from './target.ts'
import { pausedBy } from './target.ts'

// Most requests have none.
const none: readonly never[] = []

/** What to do next: make a call, or wait and ask again. */
export type Step = CallStep | Wait

export interface Wait {
  readonly type: 'wait'
  readonly waitMs: number
  /** The wait is over sooner when a call of this target ends. */
  readonly forRoomAt: TargetState | undefined
}

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
  /** Those of all stages before this one. */
  #earlier: readonly Target[] = none
  #stages = 0
  #stage: Stage | undefined
  #context: StrategyContext | undefined
  /** The stage's targets in the strategy's order, as far as that was asked. */
  #targets: readonly Target[] = []
  #rest: Iterator<Target> | undefined
  /** Those that the stage's strategy was asked to order. */
  #candidates: readonly Target[] = none
  #position = 0
  #hasChosen = false
  #retries = 0
  #pending: Pending | undefined
  /** To be called at once by another of its keys. */
  #byNextKey: Target | undefined
  /** Time waited for a model that is being loaded. */
  #warmedMs = 0
  /** Those that a limit which several processes share did not let through. */
  #refused: readonly TargetState[] = none
  /** Why the calls are made that follow on a broken stream. */
  #recovery: 'continue' | 'restart' | undefined

  constructor(run: Run) {
    this.#run = run
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
    if (beside !== undefined) this.#heed(beside)
    const { target, failure, disposition, streamBroke } = attempt
    if (failure === undefined || disposition === undefined) return
    if (streamBroke) this.#recovery = this.#run.needsPrefill ? 'continue' : 'restart'
    if (!this.#heed(attempt)) return
    if (this.#isOfKey(disposition) && this.#takesAnother(target, now)) {
      this.#byNextKey = target.whole
      return
    }
    const waitMs = this.#retryWaitMs(target, failure, disposition, now)
    if (waitMs === undefined) return
    this.#retries++
    this.#wait(target.whole, 'retry', waitMs, now)
  }

  /** Takes note that a call cannot be made after all, since all processes together have used up a limit. */
  refused(step: CallStep, now: number): void {
    const { target } = step
    handBack(step, now)
    const { state, whole } = target
    if (whole !== target && !this.#refused.includes(state)) this.#byNextKey = whole
    this.#refused = [...this.#refused, state]
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
    for (let at = this.#position; ; at++) {
      const target = this.#targetAt(at)
      if (target === undefined) return undefined
      if (target.target === first.target || target.readyAt(now) > 0) continue
      // Whoever is refused as a hedge keeps its turn for when the first call has failed.
      run.beside = first
      const step = findRefusal(run, target, now) ? undefined : this.#call(target, 'hedge', 0, now)
      run.beside = undefined
      if (step === undefined) continue
      if (run.route.hedging?.take(now) && target.state.retryBudget.take(now)) {
        this.#bringForward(target, at)
        return step
      }
      handBack(step, now)
      return undefined
    }
  }

  /** The target's turn comes now; those that it overtakes keep theirs. */
  #bringForward(target: Target, at: number): void {
    const position = this.#position++
    if (at === position) return
    const overtaken = this.#targets.slice(position, at)
    this.#targets = [...this.#targets.slice(0, position), target, ...overtaken, ...this.#targets.slice(at + 1)]
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
    if (pending.forRoomAt) this.#run.queuedMs += now - pending.from
    const { target } = pending
    const step = this.#call(target, pending.reason, now - pending.from, now)
    if (step !== undefined && this.#callsOf(target) === 0) target.state.retryBudget.request(now)
    return step
  }

  /** Whether a failure concerns a key, as far as is known, and says nothing of others. */
  #isOfKey({ pause }: Disposition): boolean {
    return pause === 'target-retry-after' || pause === 'target-escalating' || pause === 'account-escalating'
  }

  /** Whether the target can be called at once by another key than the one that failed. */
  #takesAnother({ key, whole }: Target, now: number): boolean {
    if (key === undefined || this.#run.isSpent || this.#isLeftForLater(now) || !hasRoom(this.#run, whole)) return false
    return whole.byKey?.some((target) => target.key !== key && this.#readyAt(target, now) === 0) === true
  }

  /** Another key is another account: like a failover, it takes nothing out of the target's budget of retries. */
  #nextKey(now: number): Step | undefined {
    const target = this.#byNextKey
    this.#byNextKey = undefined
    return target && this.#call(target, 'next-key', 0, now)
  }

  /** The next target of this stage, or of the next stage that has one to offer. */
  #nextPlanned(now: number): Step | undefined {
    for (;;) {
      for (let target = this.#targetAt(this.#position); target; target = this.#targetAt(this.#position)) {
        this.#position++
        if (this.#isLeftForLater(now)) {
          const detail = 'the calls that are left are kept for later stages'
          this.#run.refuse(target, now, { reason: 'attempt-limit', detail })
          continue
        }
        const step = this.#callPlanned(target, now)
        if (step) return step
      }
      const stage = this.#run.route.stages[this.#stages]
      if (stage === undefined) return undefined
      this.#open(stage, now)
    }
  }

  /** Whether so few calls are left that each later stage which could serve needs one: a last resort must be reached. */
  #isLeftForLater(now: number): boolean {
    const { callsLeft, route } = this.#run
    const { stages } = route
    if (!this.#hasChosen || callsLeft > stages.length - this.#stages) return false
    let needed = 0
    for (let later = this.#stages; later < stages.length; later++) {
      if (stages[later]?.targets.some((target) => this.#readyAt(target, now) === 0)) needed++
    }
    return callsLeft <= needed
  }

  /** The target at this place of the stage's order. A strategy that is lazy is asked no further than that. */
  #targetAt(position: number): Target | undefined {
    while (this.#rest !== undefined && position >= this.#targets.length) {
      try {
        const { done, value } = this.#rest.next()
        if (done === true) this.#rest = undefined
        else (this.#targets as Target[]).push(value)
      } catch (error) {
        this.#threw(error)
        this.#rest = this.#candidates.filter((target) => !this.#targets.includes(target)).values()
      }
    }
    return this.#targets[position]
  }

  #callPlanned(target: Target, now: number): Step | undefined {
    const { attempts } = this.#run
    const last = attempts.length === 0 ? undefined : attempts.at(-1)
    const reason = last === undefined ? 'first' : last.stage === target.stage ? 'next-target' : 'next-stage'
    // A target that a route lists twice is not a new one.
    const again = this.#callsOf(target) > 0
    if (again && !this.#takeRetry(target, now)) return undefined
    const step = this.#call(target, reason, 0, now)
    if (step === undefined) return undefined
    this.#retries = 0
    if (!again) target.state.retryBudget.request(now)
    return step
  }

  #callsOf({ target }: Target): number {
    let calls = 0
    for (const attempt of this.#run.attempts) if (attempt.target === target) calls++
    return calls
  }

  /** Takes a retry out of the target's budget; without one the target is excluded. */
  #takeRetry(target: Target, now: number): boolean {
    const taken = target.state.retryBudget.take(now)
    if (!taken) this.#run.refuse(target, now, { reason: 'retry-budget', detail: 'its retries are used up for now' })
    return taken
  }

  /** When the target can take this request, as far as pauses, circuits and limits go: 0 for at once. */
  #readyAt(target: Target, now: number): number {
    const { byKey } = target
    if (byKey !== undefined) return Math.min(...byKey.map((own) => this.#readyAt(own, now)))
    return Math.max(target.readyAt(now), findLimit(this.#run, target, now)?.readyAt ?? 0)
  }

  /** Whether somebody else of this stage, or of any later one too, can be called at once. */
  #isElseReady(target: Target, now: number, anyStage: boolean): boolean {
    for (let at = this.#position; ; at++) {
      const other = this.#targetAt(at)
      if (other === undefined) break
      if (this.#isReadyInstead(other, target, now)) return true
    }
    const { stages } = this.#run.route
    for (let later = anyStage ? this.#stages : stages.length; later < stages.length; later++) {
      if (stages[later]?.targets.some((other) => this.#isReadyInstead(other, target, now))) return true
    }
    return false
  }

  #isReadyInstead(other: Target, { whole: { state }, overrides }: Target, now: number): boolean {
    return (other.state !== state || other.overrides !== overrides) && this.#readyAt(other, now) === 0
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
    if (step !== undefined) this.#told(target, now)
    return step
  }

  /** Tells the strategy which target was called first in its stage. */
  #told(target: Target, now: number): void {
    if (this.#hasChosen || this.#stage === undefined) return
    this.#hasChosen = true
    const { strategy } = this.#stage
    if (strategy.chosen === undefined) return
    try {
      strategy.chosen(target, this.#contextOf(this.#stage, now))
    } catch (error) {
      this.#threw(error)
    }
  }

  /** That a strategy throws must fail no request. */
  #threw(error: unknown): void {
    const strategy = this.#stage?.strategy.name
    this.#run.context.logger.error('a strategy threw', { strategy, error: framesOf(error).stack })
  }

  #contextOf(stage: Stage, now: number): StrategyContext {
    return (this.#context ??= strategyContext(this.#run, stage, now))
  }

  /** Opens a stage: those of its targets that can serve the request, best first; the others are excluded with reasons. */
  #open(stage: Stage, now: number): void {
    const run = this.#run
    if (this.#targets.length > 0) this.#earlier = [...this.#earlier, ...this.#targets]
    this.#stages++
    this.#stage = stage
    this.#context = undefined
    this.#rest = undefined
    this.#position = 0
    this.#hasChosen = false
    for (const { target, reason } of stage.unusable) {
      run.refuse({ target, stage: stage.name }, now, { reason: 'unavailable', detail: reason })
    }
    const { targets, strategy } = stage
    const capable = run.suitsAll ? targets : targets.filter((target) => isCapable(run, target, now))
    // The very same array tells a strategy that every target is there.
    const candidates = capable.length === targets.length ? targets : capable
    this.#targets = this.#candidates = candidates
    if (candidates.length < 2) return
    try {
      const ordered = strategy.order(candidates, this.#contextOf(stage, now))
      if (Array.isArray(ordered)) this.#targets = ordered as readonly Target[]
      else {
        this.#rest = ordered[Symbol.iterator]()
        this.#targets = []
      }
    } catch (error) {
      this.#threw(error)
    }
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
    if (this.#readyAt(target, now) > 0) return undefined
    // Somebody else of the same standing can serve at once: switch rather than wait. After a call that took all its time
    // there may be none left for a later stage, so that any will do.
    if (this.#isElseReady(target, now, failure.kind === 'timeout')) return undefined
    const backoff = failure.kind === 'overloaded' ? policy.throttledBackoff : policy.backoff
    const waitMs = fullJitter(backoff, this.#retries, run.context.random)
    if (now + waitMs >= run.deadlineAt) return undefined
    return this.#takeRetry(target, now) ? waitMs : undefined
  }

  /** All that were planned, by each of their keys; by now every stage was opened and every order read to its end. */
  get #planned(): readonly Target[] {
    return [...this.#earlier, ...this.#targets].flatMap((target) => target.byKey ?? target)
  }

  /** With every circuit open, the target that is due first is called all the same: the last one is never shut out. */
  #forceLeastBad(now: number): Step | undefined {
    if (this.#run.started > 0) return undefined
    let best: Target | undefined
    let bestReadyAt = Infinity
    for (const target of this.#planned) {
      const { state } = target
      const { circuit, endpoint } = state
      if (this.#refused.includes(state) || findRefusal(this.#run, target, now)) continue
      if (!(isHeldBack(circuit, now) || isHeldBack(endpoint, now))) continue
      const readyAt = Math.max(
        circuit.isRampingUp(now) ? 0 : circuit.readyAt(now),
        endpoint.isRampingUp(now) ? 0 : endpoint.readyAt(now),
      )
      if (readyAt >= bestReadyAt) continue
      best = target
      bestReadyAt = readyAt
    }
    if (best === undefined) return undefined
    const { circuit, endpoint, retryBudget, limiter } = best.state
    const run = this.#run
    retryBudget.request(now)
    this.#retries = this.#run.route.policy.retries
    this.#told(best, now)
    return {
      type: 'call',
      target: best,
      ticket: circuit.force(),
      endpointTicket: endpoint.force(),
      reservation: limiter?.take(now, run.countedTokens(limiter), run.outputTokens(limiter)),
      reason: 'forced',
      waitedMs: 0,
      limitMs: this.#limitMs(best, now),
    }
  }

  /**
   * Nobody answered, and somebody is left alone for a while only, or takes no more calls at the same time: waits for the
   * first of them, where the route's patience and the deadline allow it, and gives up otherwise.
   */
  #waitForOne(now: number): Step {
    const run = this.#run
    const { policy } = run.route
    const first = this.#firstToWaitFor(now)
    if (first === undefined) throw run.giveUp('exhausted')
    const readyAt = this.#readyAt(first, now)
    const isFull = readyAt === Infinity
    const isWarming = pausedBy(first.state, now)?.reason === 'warming'
    // A little more than asked for, or all who wait would come back at the same moment.
    const waitMs = isFull
      ? policy.maxWaitMs - run.queuedMs
      : readyAt - now + run.context.random() * policy.backoff.baseMs
    const patienceMs = isWarming ? policy.warmingMs - this.#warmedMs : policy.maxWaitMs
    if (waitMs > patienceMs + policy.backoff.baseMs || (!isFull && now + waitMs >= run.deadlineAt)) {
      throw run.giveUp('exhausted')
    }
    if (isWarming) this.#warmedMs += waitMs
    if (this.#callsOf(first) > 0 && !isWarming && !this.#takeRetry(first, now)) throw run.giveUp('exhausted')
    this.#retries = policy.retries
    const boundedMs = Math.min(waitMs, run.deadlineAt - now)
    this.#wait(first.whole, 'waited', boundedMs, now, isFull ? first.state : undefined)
    return this.#nextPending(now) as Step
  }

  /** The target that is ready first, of those that have room and may be called once more. */
  #firstToWaitFor(now: number): Target | undefined {
    const run = this.#run
    const { retries, maxWaitMs } = run.route.policy
    let first: Target | undefined
    let firstAt = Infinity
    for (const target of this.#planned) {
      if (!hasRoom(run, target)) continue
      const { state } = target
      const readyAt = this.#readyAt(target, now)
      const isFull = findLimit(run, target, now)?.isFull === true && target.readyAt(now) < Infinity
      const isPaused = pausedBy(state, now)
      const isLimited = readyAt > target.readyAt(now)
      if (!isFull && !isPaused && !isLimited) continue
      if (isPaused?.reason !== 'warming' && this.#callsOf(target) > retries) continue
      if (first !== undefined && readyAt >= firstAt) continue
      // Less than a millisecond is no wait: rounded, it might never be over.
      if (readyAt === Infinity && (!isFull || maxWaitMs - run.queuedMs < 1)) continue
      first = target
      firstAt = readyAt
    }
    return first
  }

  #wait(target: Target, reason: Attempt['reason'], waitMs: number, now: number, forRoomAt?: TargetState): void {
    const { context, number } = this.#run
    this.#pending = { type: 'wait', waitMs, forRoomAt, target, reason, from: now, isOver: false }
    context.events.emit?.({ type: 'retry-scheduled', request: number, target: target.target, waitMs })
  }
}

function isHeldBack(circuit: Circuit, now: number): boolean {
  return circuit.state.type !== 'closed' || circuit.isRampingUp(now)
}
