import { fullJitter } from '../backoff/full-jitter.ts'
import type { Ticket } from '../breaker/circuit.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Attempt } from '../provider/ledger.ts'
import { admit, hasRoom, isCapable } from './admit.ts'
import type { Stage } from './route.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { pausedBy } from './target.ts'

/** What to do next: wait and ask again, or make a call. */
export type Step =
  | { readonly type: 'wait'; readonly waitMs: number }
  | {
      readonly type: 'call'
      readonly target: Target
      readonly ticket: Ticket
      readonly reason: Attempt['reason']
      readonly waitedMs: number
      /** Longest time for the call. */
      readonly limitMs: number
    }

/** A call that is to be made after a wait, if the target still takes it then. */
interface Pending {
  readonly target: Target
  readonly reason: Attempt['reason']
  readonly waitMs: number
  waited: boolean
}

/**
 * Decides, for one request, whom to call next: stage by stage, target by target, again where that makes sense, and as a
 * last resort a target that is shut out or paused. It waits for nothing and calls nobody itself.
 */
export class Plan {
  readonly #run: Run
  /** Those of all stages opened so far. */
  #planned: readonly Target[] = []
  #stages = 0
  #targets: readonly Target[] = []
  #position = 0
  #called: Target | undefined
  #retries = 0
  #pending: Pending | undefined

  constructor(run: Run) {
    this.#run = run
  }

  /** @throws RouteFailedError when the request is over or nobody is left */
  next(now: number): Step {
    this.#run.throwIfOver(now)
    return this.#nextPending(now) ?? this.#nextPlanned(now) ?? this.#forceLeastBad(now) ?? this.#waitForPaused(now)
  }

  /**
   * Takes note that the last call failed.
   *
   * @throws RouteFailedError when no other call would mend it
   */
  failed(failure: ProviderError, disposition: Disposition, now: number): void {
    const target = this.#called as Target
    const { nextTarget } = this.#innerRow(failure) ?? disposition
    // A refusal without a status is the provider's own: another service may have words for the request.
    const refusedUnsent = failure.kind === 'invalid-request' && failure.status === undefined
    if (nextTarget === 'no' && !refusedUnsent) throw this.#run.giveUp('final')
    if (nextTarget === 'larger-window') {
      this.#run.needsWindowOver(target.capabilities().contextWindow)
      return
    }
    const waitMs = this.#retryWaitMs(target, failure, disposition, now)
    if (waitMs === undefined) return
    this.#retries++
    this.#wait(target, 'retry', waitMs)
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
    if (!pending.waited) {
      pending.waited = true
      return { type: 'wait', waitMs: pending.waitMs }
    }
    this.#pending = undefined
    return this.#call(pending.target, pending.reason, pending.waitMs, now)
  }

  /** The next target of this stage, or of the next stage that has one to offer. */
  #nextPlanned(now: number): Step | undefined {
    const { stages } = this.#run.route
    for (;;) {
      while (this.#position < this.#targets.length) {
        const step = this.#callPlanned(now)
        if (step) return step
      }
      const stage = stages[this.#stages]
      if (stage === undefined) return undefined
      this.#stages++
      this.#targets = this.#order(stage, now)
      this.#planned = this.#planned.length === 0 ? this.#targets : [...this.#planned, ...this.#targets]
      this.#position = 0
    }
  }

  #callPlanned(now: number): Step | undefined {
    const target = this.#targets[this.#position++] as Target
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
    if (!taken) this.#run.exclude(target, now, 'retry-budget', 'its retries are used up for now')
    return taken
  }

  /** Whether somebody else of this stage, or of any later one too, can be called at once. */
  #isElseReady(target: Target, now: number, anyStage: boolean): boolean {
    for (let other = this.#position; other < this.#targets.length; other++) {
      if (isReadyInstead(this.#targets[other] as Target, target, now)) return true
    }
    const { stages } = this.#run.route
    for (let later = anyStage ? this.#stages : stages.length; later < stages.length; later++) {
      if (stages[later]?.targets.some((other) => isReadyInstead(other, target, now))) return true
    }
    return false
  }

  /** How long a call may take: a stream to its first content; else, unless the route says, half of what is left. */
  #limitMs(target: Target, now: number): number {
    const { route, streamed, deadlineAt } = this.#run
    const leftMs = deadlineAt - now
    // A route within watches over its own calls.
    if (target.source.loaded?.isRouter === true) return leftMs
    if (streamed) return route.policy.firstContentMs
    return route.policy.attemptMs ?? (this.#isElseReady(target, now, true) ? leftMs / 2 : leftMs)
  }

  #call(target: Target, reason: Attempt['reason'], waitedMs: number, now: number): Step | undefined {
    const ticket = admit(this.#run, target, now)
    if (ticket === undefined) return undefined
    this.#called = target
    return { type: 'call', target, ticket, reason, waitedMs, limitMs: this.#limitMs(target, now) }
  }

  /** The targets of a stage that can serve the request, best first; the others are excluded with their reasons. */
  #order(stage: Stage, now: number): readonly Target[] {
    const run = this.#run
    for (const { target, reason } of stage.unusable) {
      run.exclude({ target, stage: stage.name }, now, 'unavailable', reason)
    }
    const capable = run.asksForTextOnly ? stage.targets : this.#capable(stage, now)
    if (capable.length < 2) return capable
    const { request, route, context } = run
    const { random, logger } = context
    try {
      return [...stage.strategy.order(capable, { route: route.name, stage: stage.name, request, now, random, estimateTokens: () => 0 })]
    } catch (error) {
      logger.error('a strategy threw; its targets are called in order', { stage: stage.name, error: String(error) })
      return capable
    }
  }

  #capable(stage: Stage, now: number): readonly Target[] {
    return stage.targets.filter((target) => isCapable(this.#run, target, now))
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
    if (this.#retries >= allowed || run.attempts.length >= policy.maxAttempts) return undefined
    if (target.readyAt(now) > 0) return undefined
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
    if (this.#run.attempts.length > 0) return undefined
    let best: Target | undefined
    let bestReadyAt = Infinity
    for (const target of this.#planned) {
      const { circuit } = target.state
      const isRampingUp = circuit.isRampingUp(now)
      if (pausedBy(target.state, now) || (circuit.state.type === 'closed' && !isRampingUp)) continue
      const readyAt = isRampingUp ? 0 : circuit.readyAt(now)
      if (readyAt >= bestReadyAt) continue
      best = target
      bestReadyAt = readyAt
    }
    if (best === undefined) return undefined
    const { circuit, retryBudget } = best.state
    retryBudget.request(now)
    this.#called = best
    this.#retries = this.#run.route.policy.retries
    return {
      type: 'call',
      target: best,
      ticket: circuit.force(),
      reason: 'forced',
      waitedMs: 0,
      limitMs: this.#limitMs(best, now),
    }
  }

  /**
   * Nobody answered, and somebody asked to be left alone for a while only: waits for the first of them, where the
   * route's patience and the deadline allow it, and gives up otherwise.
   */
  #waitForPaused(now: number): Step {
    const run = this.#run
    const { policy } = run.route
    const first = this.#firstPaused(now)
    if (first === undefined) throw run.giveUp('exhausted')
    // A little more than asked for, or all who wait would come back at the same moment.
    const waitMs = first.readyAt(now) - now + run.context.random() * policy.backoff.baseMs
    if (waitMs > policy.maxWaitMs + policy.backoff.baseMs || now + waitMs >= run.deadlineAt)
      throw run.giveUp('exhausted')
    if (this.#callsOf(first) === 0) first.state.retryBudget.request(now)
    else if (!this.#takeRetry(first, now)) throw run.giveUp('exhausted')
    this.#retries = policy.retries
    this.#wait(first, 'waited', waitMs)
    return this.#nextPending(now) as Step
  }

  /** The target whose pause ends first, of those that have room and may be called once more. */
  #firstPaused(now: number): Target | undefined {
    const { retries } = this.#run.route.policy
    let first: Target | undefined
    for (const target of this.#planned) {
      if (!pausedBy(target.state, now) || !hasRoom(this.#run, target) || this.#callsOf(target) > retries) continue
      if (first === undefined || target.readyAt(now) < first.readyAt(now)) first = target
    }
    return first
  }

  #wait(target: Target, reason: Attempt['reason'], waitMs: number): void {
    const { context, number } = this.#run
    this.#pending = { target, reason, waitMs, waited: false }
    context.events.emit?.({ type: 'retry-scheduled', request: number, target: target.target, waitMs })
  }
}

function isReadyInstead(other: Target, { state, overrides }: Target, now: number): boolean {
  return (other.state !== state || other.overrides !== overrides) && other.readyAt(now) === 0
}
