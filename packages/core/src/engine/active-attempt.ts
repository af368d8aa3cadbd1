import type { FailureKind } from '../errors/failure-kind.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import { isStreamInterruptedError } from '../errors/stream-interrupted-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Attempt, Exclusion } from '../provider/ledger.ts'
import type { CallOptions } from '../provider/call-options.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import type { Usage } from '../provider/usage.ts'
import { Guard } from './guard.ts'
import type { Step } from './plan.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { dropUnmet, noWarnings, toTargetRequest } from './target-request.ts'
import { toFailure } from './to-failure.ts'

/** What a successful call tells of itself. */
export interface SuccessDetails {
  readonly usage?: Usage | undefined
  readonly requestId?: string | undefined
  /** The inner ledger of a nested route. */
  readonly attempts?: readonly Attempt[] | undefined
  readonly exclusions?: readonly Exclusion[] | undefined
}

type CallStep = Extract<Step, { type: 'call' }>

/** An attempt while it is being written down. */
type AttemptRecord = { -readonly [Field in keyof Attempt]: Attempt[Field] }

/** A call under way. It ends in exactly one of `succeed`, `fail` and `abort`, which settle all that hangs on it. */
export class ActiveAttempt {
  readonly run: Run
  readonly target: Target
  readonly guard: Guard
  /** As the target gets it. */
  readonly request: ChatRequest
  /** What had to be left out of the request. */
  readonly warnings: readonly Warning[]
  /** What a stream has used so far. */
  usage: Usage | undefined
  readonly #step: CallStep
  readonly #number: number
  readonly #startedAt: number
  #firstContentAt: number | undefined
  #settled = false
  #succeeded = false

  constructor(run: Run, step: CallStep, now: number) {
    const { target } = step
    this.run = run
    this.target = target
    this.#step = step
    this.#number = run.attempts.length + 1
    this.#startedAt = now
    const { alarms, events } = run.context
    const request = toTargetRequest(run.request, target)
    this.request = request
    this.warnings = run.route.policy.parameters === 'drop' ? dropUnmet(request, target) : noWarnings
    const limit = run.streamed ? 'first-content' : 'attempt'
    this.guard = new Guard(alarms, run.signal, now, run.deadlineAt, limit, step.limitMs)
    target.state.health.started()
    events.emit?.({
      type: 'attempt-started',
      request: run.number,
      number: this.#number,
      target: target.target,
      reason: step.reason,
    })
  }

  /** Whether it ended in `succeed`. */
  get succeeded(): boolean {
    return this.#succeeded
  }

  get settled(): boolean {
    return this.#settled
  }

  /** For the provider. */
  callOptions(): CallOptions {
    const { clock, logger } = this.run.context
    return { signal: this.guard.signal, clock, logger }
  }

  /** A piece of a stream's content arrived. */
  content(): void {
    this.guard.rest()
    if (this.#firstContentAt !== undefined) return
    const now = this.run.now()
    this.#firstContentAt = now
    this.run.context.events.emit?.({
      type: 'stream-committed',
      request: this.run.number,
      target: this.target.target,
      firstContentMs: now - this.#startedAt,
    })
  }

  /** Its reader asks for more content. */
  awaitContent(): void {
    if (this.guard.resting) this.guard.awaitContent(this.run.now(), this.run.route.policy.idleMs)
  }

  /** @returns when it ended */
  succeed(details: SuccessDetails): number {
    this.#succeeded = true
    const now = this.#settle()
    const { circuit, health, pause, account } = this.target.state
    circuit.success(this.#step.ticket, now)
    health.success((this.#firstContentAt ?? now) - this.#startedAt, now)
    pause.recovered()
    account.recovered()
    const attempt = this.#record('success', now)
    if (details.usage != null) attempt.usage = details.usage
    if (details.requestId !== undefined) attempt.requestId = details.requestId
    if (details.attempts !== undefined) attempt.attempts = details.attempts
    if (details.exclusions !== undefined) attempt.exclusions = details.exclusions
    this.run.record(attempt)
    this.run.context.events.emit?.({ type: 'attempt-succeeded', request: this.run.number, attempt })
    return now
  }

  /**
   * Ends the call with what the provider threw.
   *
   * @returns the failure and what it means
   * @throws the reason of the caller, or of the router, when it was they who ended the call
   */
  fail(error: unknown): { failure: ProviderError; disposition: Disposition } {
    const { run, target, guard } = this
    if (run.leaver !== undefined && guard.expired === undefined) {
      this.abort()
      run.throwIfLeft()
    }
    const failure = toFailure(error, target, guard)
    const disposition = run.route.policy.dispositions[failure.kind]
    const now = this.#settle()
    // The request ran out of time, not this call: it may have been cut short before it had a chance.
    const spared = guard.expired !== undefined && this.#hadLittleTime(now)
    // A failure of a route within is a router's, never a provider's.
    const weight = spared || target.source.loaded?.isRouter === true ? 0 : disposition.healthWeight
    if (weight > 0) {
      target.state.circuit.failure(this.#step.ticket, weight, now, failure.retryAfterMs)
      target.state.health.failure(weight)
    } else target.state.circuit.cancel(this.#step.ticket, now)
    this.#pause(failure, disposition, now)
    run.errors.push(failure)
    const attempt = this.#recordFailure(failure, now)
    run.record(attempt)
    run.context.events.emit?.({ type: 'attempt-failed', request: run.number, attempt })
    return { failure, disposition }
  }

  /** Nobody wants the answer any more; says nothing about the target. */
  abort(): void {
    const now = this.#settle()
    this.target.state.circuit.cancel(this.#step.ticket, now)
    const attempt = this.#record('aborted', now)
    this.run.record(attempt)
    this.run.context.events.emit?.({ type: 'attempt-aborted', request: this.run.number, attempt })
  }

  #settle(): number {
    this.#settled = true
    this.guard.release()
    this.target.state.health.ended()
    return this.run.now()
  }

  #hadLittleTime(now: number): boolean {
    const { attemptMs, firstContentMs, idleMs, deadlineMs } = this.run.route.policy
    if (this.guard.resting) return true
    if (this.#firstContentAt !== undefined) return now - this.#firstContentAt < idleMs
    return now - this.#startedAt < (this.run.streamed ? firstContentMs : (attemptMs ?? deadlineMs / 2))
  }

  #pause({ kind, retryAfterMs }: ProviderError, disposition: Disposition, now: number): void {
    const { pause, account } = this.target.state
    const { pauses } = this.run.route.policy
    switch (disposition.pause) {
      case 'none':
        if (retryAfterMs === undefined) break
        // A nested route knows itself when to be asked again; nobody else is to keep it from being asked.
        if (kind === 'router') return this.run.noteReadyAt(this.target.target, now + retryAfterMs)
        pause.extend(now + retryAfterMs, kind)
        break
      case 'target-retry-after':
        if (retryAfterMs) pause.extend(now + retryAfterMs, kind)
        else pause.escalate(pauses.rateLimit, now, kind)
        break
      case 'target-escalating':
        pause.escalate(pauses.model, now, kind, retryAfterMs)
        this.#tellOperator(kind)
        break
      case 'account-escalating':
        account.escalate(kind === 'quota' ? pauses.quota : pauses.credential, now, kind, retryAfterMs)
        this.#tellOperator(kind)
        break
      case 'warming':
        pause.extend(now + (retryAfterMs ?? pauses.warmingMs), kind)
        break
    }
    this.run.noteReadyAt(this.target.target, this.target.readyAt(now) || undefined)
  }

  /** These do not pass by themselves. */
  #tellOperator(kind: FailureKind): void {
    this.run.context.logger.warn('target needs attention', { target: this.target.target, kind })
  }

  #record(outcome: Attempt['outcome'], now: number): AttemptRecord {
    const record: AttemptRecord = {
      number: this.#number,
      target: this.target.target,
      provider: this.target.provider,
      model: this.target.model,
      stage: this.target.stage,
      reason: this.#step.reason,
      outcome,
      startMs: this.#startedAt - this.run.startedAt,
      durationMs: now - this.#startedAt,
    }
    if (this.#firstContentAt !== undefined) record.firstContentMs = this.#firstContentAt - this.#startedAt
    if (this.#step.waitedMs > 0) record.waitedMs = this.#step.waitedMs
    if (this.usage !== undefined) record.usage = this.usage
    return record
  }

  #recordFailure(failure: ProviderError, now: number): Attempt {
    const { kind, status, providerCode, retryAfterMs, requestId, cause, message } = failure
    const record = this.#record('failure', now)
    record.kind = kind
    record.message = message
    if (status !== undefined) record.status = status
    if (providerCode !== undefined) record.code = providerCode
    if (retryAfterMs !== undefined) record.retryAfterMs = retryAfterMs
    if (requestId !== undefined) record.requestId = requestId
    if (isRouteFailedError(cause) || isStreamInterruptedError(cause)) {
      record.attempts = cause.attempts
      record.exclusions = cause.exclusions
    }
    return record
  }
}
