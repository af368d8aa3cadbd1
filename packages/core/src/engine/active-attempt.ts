import type { ProviderError } from '../errors/provider-error.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import { isStreamInterruptedError } from '../errors/stream-interrupted-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import { costOf } from '../price/price.ts'
import type { Attempt, Exclusion } from '../provider/ledger.ts'
import type { RateLimit } from '../provider/rate-limit.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import type { Usage } from '../provider/usage.ts'
import type { CallStep } from './admit.ts'
import type { GuardOwner } from './guard.ts'
import { Guard } from './guard.ts'
import { loadedParts } from './loaded-parts.ts'
import { pauseTarget } from './pause-target.ts'
import type { InnerCallOptions, Run } from './run.ts'
import { within } from './run.ts'
import type { Target } from './target.ts'
import { toFailure } from './to-failure.ts'

/** What a successful call tells of itself. */
export interface SuccessDetails {
  readonly usage?: Usage | undefined
  readonly requestId?: string | undefined
  readonly rateLimits?: readonly RateLimit[] | undefined
  /** The inner ledger of a nested route. */
  readonly attempts?: readonly Attempt[] | undefined
  readonly exclusions?: readonly Exclusion[] | undefined
  readonly costUsd?: number | undefined
}

/** Told when a call ended that nobody ended on purpose. */
export interface AttemptOwner {
  failed(attempt: ActiveAttempt, error: unknown): void
}

const noWarnings: readonly Warning[] = []

/** Ollama keeps a model for five minutes after the last call (`keep_alive`). */
const staysWarmMs = 300_000

/** An attempt while it is being written down. */
type AttemptRecord = { -readonly [Field in keyof Attempt]: Attempt[Field] }

/**
 * A call under way. It ends in exactly one of `succeed`, `fail`, `abort` and `outrace`, which settle all that hangs on it.
 */
export class ActiveAttempt implements GuardOwner {
  readonly run: Run
  readonly target: Target
  readonly guard: Guard
  readonly number: number
  /** As the target gets it. */
  readonly request: ChatRequest
  /** What had to be left out of the request, or changed. */
  readonly warnings: readonly Warning[]
  owner: AttemptOwner
  /** What a stream has used so far. */
  usage: Usage | undefined
  failure: ProviderError | undefined
  disposition: Disposition | undefined
  settled = false
  succeeded = false
  /** Fingerprint of the key that it goes out by, as far as is known. */
  key: string | undefined
  readonly #step: CallStep
  readonly #startedAt: number
  #firstContentAt: number | undefined
  #isLoading = false

  constructor(run: Run, step: CallStep, now: number, owner: AttemptOwner) {
    const { target } = step
    this.run = run
    this.target = target
    this.owner = owner
    this.#step = step
    this.key = target.key
    this.number = ++run.started
    this.#startedAt = now
    const { alarms, events } = run.context
    const adapted = run.isSimple ? undefined : loadedParts(run)?.adaptRequest(run, target)
    // A simple request has nothing else.
    this.request = adapted?.[0] ?? { model: target.model, messages: run.request.messages }
    this.warnings = adapted?.[1] ?? noWarnings
    const limit = run.streamed ? 'first-content' : 'attempt'
    this.guard = new Guard(this, alarms, now, run.deadlineAt, limit, step.limitMs)
    target.state.health.started()
    events.emit?.({
      type: 'attempt-started',
      request: run.number,
      number: this.number,
      target: target.target,
      ...(target.key !== undefined && { key: target.key }),
      reason: step.reason,
    })
  }

  /** Whether content of its stream was handed on before it broke. */
  get streamBroke(): boolean {
    return this.run.streamed && this.#firstContentAt !== undefined
  }

  /** For the provider. */
  callOptions(): InnerCallOptions {
    const { clock, logger } = this.run.context
    const options = { signal: this.guard.signal, clock, logger }
    const { key, source, isRoute } = this.target
    if (source.keys !== undefined)
      return { ...options, ...(key !== undefined && { key }), onKey: (told) => void (this.key = told) }
    return isRoute ? { ...options, [within]: this } : options
  }

  /** The target by the key that the call went out by; undefined where that is gone, so that nothing need be held against it. */
  #calledBy(): Target | undefined {
    const { key, target } = this
    if (key === target.key) return target
    return target.whole.byKey?.find((own) => own.key === key)
  }

  /** A piece of a stream's content arrived. */
  content(): void {
    this.guard.rest()
    // It may come late, of a call that goes on in the background.
    if (this.#firstContentAt !== undefined || this.settled) return
    const now = this.run.now()
    this.#firstContentAt = now
    this.run.context.events.emit?.({
      type: 'stream-committed',
      request: this.run.number,
      target: this.target.target,
      firstContentMs: now - this.#startedAt,
    })
  }

  /** A piece of a stream arrived that is no content. */
  other(): void {
    if (!this.guard.resting) this.guard.hold(this.run.now())
  }

  /** Its reader asks for more content. */
  awaitContent(): void {
    if (this.guard.resting) this.guard.awaitContent(this.run.now(), this.run.route.policy.idleMs)
  }

  /** @returns when it ended */
  succeed(details: SuccessDetails): number {
    this.succeeded = true
    const { run, target } = this
    const usage = details.usage ?? this.usage
    const now = this.#settle(usage)
    const { state } = target
    const { circuit, endpoint, health, pause, account } = state
    const { ticket, endpointTicket } = this.#step
    const firstContentMs = (this.#firstContentAt ?? now) - this.#startedAt
    circuit.success(ticket, now, run.streamed ? circuit.isSlow(firstContentMs) : undefined)
    if (!endpoint.isQuiet(now)) endpoint.success(endpointTicket, now)
    health.success(firstContentMs, now)
    if (this.#firstContentAt !== undefined && usage != null) {
      health.generated(usage.outputTextTokens + usage.reasoningTokens, now - this.#firstContentAt)
    }
    state.lastSuccessAt = now
    pause.recovered()
    account.recovered()
    this.#observe(firstContentMs)
    if (Array.isArray(details.rateLimits)) this.#learn(details.rateLimits, now)
    const attempt = this.#record('success', now, usage, details.requestId)
    if (details.attempts !== undefined) attempt.attempts = details.attempts
    if (details.exclusions !== undefined) attempt.exclusions = details.exclusions
    if (details.costUsd !== undefined) attempt.costUsd = details.costUsd
    run.record(attempt)
    run.context.events.emit?.({ type: 'attempt-succeeded', request: run.number, attempt })
    this.#passOn()
    return now
  }

  /** Ends the call with what the provider threw, or a clock that ran out. */
  fail(error: unknown): void {
    const { run, target, guard } = this
    const failure = toFailure(error, target, guard, this.#isLoading)
    const disposition = run.route.policy.dispositions[failure.kind]
    this.failure = failure
    this.disposition = disposition
    const now = this.#settle(this.usage)
    const { ticket, endpointTicket } = this.#step
    const { circuit, endpoint, health } = target.state
    // The deadline was cut short before it had a chance, or it is a route within, whose failure is no provider's.
    const spared = (guard.expired !== undefined && this.#hadLittleTime(now)) || target.isRoute
    const weight = spared ? 0 : disposition.healthWeight
    const isEndpoint = failure.kind === 'network'
    if (weight > 0) {
      health.failure(weight)
      if (isEndpoint) endpoint.failure(endpointTicket, weight, now, failure.retryAfterMs)
      else circuit.failure(ticket, weight, now, failure.retryAfterMs)
    }
    if (weight === 0 || isEndpoint) circuit.cancel(ticket, now)
    if (weight === 0 || !isEndpoint) endpoint.cancel(endpointTicket, now)
    const by = this.#calledBy()
    if (by !== undefined) pauseTarget(run, by, failure, disposition, now)
    run.errors = [...run.errors, failure]
    if (disposition.pause === 'warming') run.looks++
    const attempt = this.#recordFailure(failure, now)
    run.record(attempt)
    run.context.events.emit?.({ type: 'attempt-failed', request: run.number, attempt })
    this.#passOn()
  }

  /** Nobody wants the answer any more; says nothing about the target. */
  abort(reason: unknown): void {
    this.#leave('aborted', reason)
  }

  /** Another call of the request answered first. */
  outrace(): void {
    if (this.settled) return
    // It would have taken at least so long; were it left out, calls would be hedged sooner and sooner.
    this.#observe(this.run.now() - this.#startedAt)
    this.#leave('outraced', new DOMException('Another call answered first', 'AbortError'))
  }

  ended(reason: unknown): void {
    this.owner.failed(this, reason)
  }

  /**
   * A service that loads a model for the first call gives up the load when that call is broken off, and would begin anew
   * with the next one, for ever: its call goes on in the background, until it shows that the model is there.
   */
  lingerMs(): number {
    const { run, target } = this
    const { state, source } = target
    const isCold = run.now() - (state.lastSuccessAt ?? -Infinity) > staysWarmMs
    if (!isCold || this.#isLoading || this.#firstContentAt !== undefined) return 0
    if (source.loaded?.warmUp === undefined) return 0
    this.#isLoading = true
    state.loadingLookMs = run.route.policy.pauses.warmingMs
    return run.route.policy.warmingMs
  }

  /** A call that was over long ago came to its end. One that answered shows that the model is there. */
  cameLate(answered: boolean): void {
    if (!this.#isLoading) return
    const { state } = this.target
    this.guard.release()
    delete state.loadingLookMs
    if (answered) state.lastSuccessAt = this.run.now()
  }

  #leave(outcome: 'aborted' | 'outraced', reason: unknown): void {
    if (this.settled) return
    const { run, target } = this
    const { ticket, endpointTicket } = this.#step
    this.settled = true
    const lingerMs = outcome === 'outraced' ? this.lingerMs() : 0
    // Before all else, so that a read that waits is woken.
    if (lingerMs === 0) this.guard.end(reason)
    const now = this.#settle(this.usage)
    if (lingerMs > 0) this.guard.set(now + lingerMs, now)
    target.state.circuit.cancel(ticket, now)
    target.state.endpoint.cancel(endpointTicket, now)
    const attempt = this.#record(outcome, now, this.usage)
    const costUsd = outcome === 'outraced' ? (attempt.costUsd ?? this.#promptCost()) : undefined
    if (costUsd !== undefined) attempt.costUsd = costUsd
    run.record(attempt)
    run.context.events.emit?.({ type: `attempt-${outcome}`, request: run.number, attempt })
    this.#passOn()
  }

  #settle(usage: Usage | undefined): number {
    this.settled = true
    this.guard.release()
    const { state } = this.target
    const now = this.run.now()
    state.health.ended()
    const { reservation, shared } = this.#step
    if (reservation !== undefined) state.limiter?.settle(reservation, usage, now)
    shared?.settle(usage)
    return now
  }

  /** There is room for another call: whoever has waited longest takes it. */
  #passOn(): void {
    const { queue } = this.target.state
    if (queue !== undefined) for (const waiting of queue) return waiting.ring()
  }

  #observe(firstContentMs: number): void {
    const { hedging } = this.run.route
    if (hedging === undefined) return
    const { state } = this.target.whole
    hedging.observed(firstContentMs, (state.firstContent ??= hedging.createQuantile()))
  }

  #learn(rateLimits: readonly RateLimit[], now: number): void {
    const { state } = this.target
    const parts = loadedParts(this.run)
    if (parts === undefined) {
      const learn = (): void => this.#learn(rateLimits, now)
      return void this.run.context.loadOptional().then(learn, () => undefined)
    }
    const limiter = (state.limiter ??= new parts.Limiter())
    limiter.learn(rateLimits, this.#step.reservation, this.#firstContentAt ?? now)
  }

  #hadLittleTime(now: number): boolean {
    const { attemptMs, firstContentMs, idleMs, deadlineMs } = this.run.route.policy
    if (this.guard.resting) return true
    if (this.#firstContentAt !== undefined) return now - this.#firstContentAt < idleMs
    return now - this.#startedAt < (this.run.streamed ? firstContentMs : (attemptMs ?? deadlineMs / 2))
  }

  /** What the prompt of a call cost that told nothing of its usage; a call that was broken off is paid for all the same. */
  #promptCost(): number | undefined {
    const price = this.target.isRoute ? undefined : this.target.price()
    return price && (this.run.inputTokens * price.inputPerMillion) / 1_000_000
  }

  #record(outcome: Attempt['outcome'], now: number, usage?: Usage, requestId?: string): AttemptRecord {
    const { target, number } = this
    const { provider, model, stage } = target
    const key = this.key
    const { reason, waitedMs } = this.#step
    const startMs = this.#startedAt - this.run.startedAt
    const durationMs = now - this.#startedAt
    // Written out, since fields that are added later are dear, and most calls have both.
    const record: AttemptRecord =
      usage != null && requestId !== undefined
        ? {
            number,
            target: target.target,
            provider,
            model,
            stage,
            reason,
            outcome,
            startMs,
            durationMs,
            usage,
            requestId,
          }
        : { number, target: target.target, provider, model, stage, reason, outcome, startMs, durationMs }
    if (usage != null) {
      record.usage = usage
      const costUsd = costOf(usage, target.price())
      if (costUsd !== undefined) record.costUsd = costUsd
    }
    if (requestId !== undefined) record.requestId = requestId
    if (key !== undefined) record.key = key
    if (this.#firstContentAt !== undefined) record.firstContentMs = this.#firstContentAt - this.#startedAt
    if (waitedMs > 0) record.waitedMs = waitedMs
    return record
  }

  #recordFailure(failure: ProviderError, now: number): Attempt {
    const { kind, status, providerCode, retryAfterMs, requestId, cause, message } = failure
    const record = this.#record('failure', now, this.usage, requestId)
    record.kind = kind
    record.message = message
    if (status !== undefined) record.status = status
    if (providerCode !== undefined) record.code = providerCode
    if (retryAfterMs !== undefined) record.retryAfterMs = retryAfterMs
    if (isRouteFailedError(cause) || isStreamInterruptedError(cause)) {
      record.attempts = cause.attempts
      record.exclusions = cause.exclusions
      if (cause.costUsd !== undefined) record.costUsd = cause.costUsd
    }
    const wasWorkedOn = this.guard.expired !== undefined || this.#firstContentAt !== undefined
    const costUsd = wasWorkedOn && this.target.source.loaded ? this.#promptCost() : undefined
    if (costUsd !== undefined) record.costUsd ??= costUsd
    return record
  }
}
