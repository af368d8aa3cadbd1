import { fullJitter } from '../backoff/full-jitter.ts'
import type { Ticket } from '../breaker/circuit.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Attempt } from '../provider/ledger.ts'
import { admit, hasRoom, isCapable } from './admit.ts'
import type { Stage } from './route.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'

/** What to do next: wait and ask again, or make a call. */
export type Step =
  | { readonly type: 'wait'; readonly waitMs: number }
  | {
      readonly type: 'call'
      readonly target: Target
      readonly ticket: Ticket
      readonly reason: Attempt['reason']
      readonly waitedMs: number
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
  #waits = 0

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
    // A refusal without a status is the provider's own: another service may have words for the request.
    const refusedUnsent = failure.kind === 'invalid-request' && failure.status === undefined
    if (disposition.nextTarget === 'no' && !refusedUnsent) throw this.#run.giveUp('final')
    if (disposition.nextTarget === 'larger-window') {
      this.#run.needsWindowOver(target.capabilities().contextWindow)
      return
    }
    const waitMs = this.#retryWaitMs(target, failure, disposition, now)
    if (waitMs === undefined) return
    this.#retries++
    this.#wait(target, 'retry', waitMs)
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
    const step = this.#call(target, reason, 0, now)
    if (step === undefined) return undefined
    this.#retries = 0
    target.state.retryBudget.request(now)
    return step
  }

  #call(target: Target, reason: Attempt['reason'], waitedMs: number, now: number): Step | undefined {
    if (!hasRoom(this.#run, target)) return undefined
    const ticket = admit(this.#run, target, now)
    if (ticket === undefined) return undefined
    this.#called = target
    return { type: 'call', target, ticket, reason, waitedMs }
  }

  /** The targets of a stage that can serve the request, best first; the others are excluded with their reasons. */
  #order(stage: Stage, now: number): readonly Target[] {
    const run = this.#run
    for (const { target, reason } of stage.unusable) {
      run.exclude({ target, stage: stage.name, reason: 'unavailable', detail: reason }, now)
    }
    const capable = run.asksForTextOnly ? stage.targets : this.#capable(stage, now)
    if (capable.length < 2) return capable
    const { request, route, context } = run
    return stage.strategy.order(capable, { route: route.name, stage: stage.name, request, now, random: context.random })
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
    // Somebody else of the same standing can serve at once: switch rather than wait.
    for (let other = this.#position; other < this.#targets.length; other++) {
      if (this.#targets[other]?.readyAt(now) === 0) return undefined
    }
    const backoff = failure.kind === 'overloaded' ? policy.throttledBackoff : policy.backoff
    const waitMs = fullJitter(backoff, this.#retries, run.context.random)
    if (now + waitMs >= run.deadlineAt) return undefined
    if (target.state.retryBudget.take(now)) return waitMs
    const detail = 'its retries are used up for now'
    run.exclude({ target: target.target, stage: target.stage, reason: 'retry-budget', detail }, now)
    return undefined
  }

  /** With every circuit open, the target that is due first is called all the same: the last one is never shut out. */
  #forceLeastBad(now: number): Step | undefined {
    if (this.#run.attempts.length > 0) return undefined
    let best: Target | undefined
    let bestReadyAt = Number.POSITIVE_INFINITY
    for (const target of this.#planned) {
      const { circuit, pause, account } = target.state
      if (pause.until > now || account.until > now || circuit.state.type === 'closed') continue
      const readyAt = circuit.readyAt(now)
      if (readyAt >= bestReadyAt) continue
      best = target
      bestReadyAt = readyAt
    }
    if (best === undefined) return undefined
    const { circuit, retryBudget } = best.state
    retryBudget.request(now)
    this.#called = best
    this.#retries = this.#run.route.policy.retries
    return { type: 'call', target: best, ticket: circuit.force(), reason: 'forced', waitedMs: 0 }
  }

  /**
   * Nobody answered, and somebody asked to be left alone for a while only: waits for the first of them, where the
   * route's patience and the deadline allow it, and gives up otherwise.
   */
  #waitForPaused(now: number): Step {
    const run = this.#run
    const { policy } = run.route
    const first = this.#firstPaused(now)
    if (first === undefined || this.#waits >= Math.max(1, policy.retries)) throw run.giveUp('exhausted')
    const waitMs = first.readyAt(now) - now
    if (waitMs > policy.maxWaitMs || now + waitMs >= run.deadlineAt) throw run.giveUp('exhausted')
    const { retryBudget } = first.state
    const again = run.attempts.some((attempt) => attempt.target === first.target)
    if (!again) retryBudget.request(now)
    else if (!retryBudget.take(now)) throw run.giveUp('exhausted')
    this.#waits++
    this.#retries = policy.retries
    this.#wait(first, 'waited', waitMs)
    return this.#nextPending(now) as Step
  }

  #firstPaused(now: number): Target | undefined {
    let first: Target | undefined
    for (const target of this.#planned) {
      const { pause, account } = target.state
      if (Math.max(pause.until, account.until) <= now) continue
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
