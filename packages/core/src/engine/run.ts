import type { CircuitState } from '../breaker/circuit-state.ts'
import type { GiveUpReason } from '../errors/route-failed-error.ts'
import { RouteFailedError } from '../errors/route-failed-error.ts'
import type { DisposedError } from '../errors/disposed-error.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import { rootKind } from '../errors/root-kind.ts'
import type { CallOptions, Clock, Logger } from '../provider/call-options.ts'
import type { Attempt, Exclusion, Ledger } from '../provider/ledger.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Limiter } from '../limit/limiter.ts'
import type { Alarms } from '../runtime/alarms.ts'
import type { Random } from '../runtime/random.ts'
import type { SharedCall } from '../sharing/shared-call.ts'
import type { EventChannel, RouterEvent } from './event.ts'
import type { Refusal } from './refusal.ts'
import { toReason } from './refusal.ts'
import type { Route } from './route.ts'
import type { Target, TargetState } from './target.ts'

/** Guesses the tokens of a prompt. */
export interface Estimator {
  estimateTokens(request: ChatRequest): number
}

/** What a router tells others through a store, and counts together with them. */
export interface Sharing {
  publishCircuit(target: string, state: CircuitState): void
  publishPause(key: string, until: number, reason: FailureKind): void
  /** Hears what others have said of these before. Never rejects. */
  read(keys: Iterable<string>): Promise<void>
  /**
   * Takes what a call needs of the limits of its target, which all processes hold together; undefined when it does not
   * fit. Answers in a bounded time and never rejects.
   *
   * @param limits by lane, of a minute
   */
  reserveCall(
    target: string,
    limits: readonly (number | undefined)[],
    inputTokens: number,
    outputTokens: number,
  ): Promise<SharedCall | undefined>
}

/** What all runs of a router share. */
export interface EngineContext {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly events: EventChannel
  readonly alarms: Alarms
  /** Set once the router is disposed of; whoever is under way then is told by `alarms`. */
  disposed: DisposedError | undefined
  /** What most requests do without; undefined until the first needs it. See `optional.ts`. */
  optional: Estimator | undefined
  /** What other processes are told; undefined where there is no store. */
  shared: Sharing | undefined
  /** Begins to load `optional`. */
  loadOptional(): Promise<unknown>
}

// The kind of failure that tells a caller most comes first: what the caller can mend, what an operator can mend, what
// passes by itself.
const byUsefulness: readonly FailureKind[] = [
  'invalid-request',
  'context-length',
  'content-filter',
  'authentication',
  'permission',
  'quota',
  'model-not-found',
  'rate-limit',
  'overloaded',
  'server',
  'timeout',
  'network',
  'truncated',
  'malformed',
  'empty',
  'warming',
  'unknown',
  'router',
]

/** A call of a route that another route within answers. */
export interface OuterCall {
  readonly run: Run
  readonly target: Target
}

/** Under this a route within is told of the call around it. No caller has the key. */
export const within: unique symbol = Symbol('within')

/** What a route tells one within beside the request. */
export interface InnerCallOptions extends CallOptions {
  readonly [within]?: OuterCall
}

/** The longest of simple requests fits any window of so many tokens, in any script. */
const smallWindow = 4096

/** Tokens that the longest of simple requests has, roughly. */
const mostSimpleTokens = 500

// Most requests have none of it.
const none: readonly never[] = []

/** One request on its way: its clock, its caller's signal, and its ledger. */
export class Run {
  readonly context: EngineContext
  readonly number: number
  readonly route: Route
  request: ChatRequest
  readonly streamed: boolean
  readonly signal: AbortSignal | undefined
  /** The call that it is made for, where its route is a target of another. */
  readonly outer: OuterCall | undefined
  readonly startedAt: number
  readonly deadlineAt: number
  /** Whether any model can serve the request: nothing but a little text, and nothing tuned. */
  readonly isSimple: boolean
  /** How many calls were begun. */
  started = 0
  /** How many of them found a model being loaded. */
  looks = 0
  attempts: readonly Attempt[] = none
  exclusions: readonly Exclusion[] = none
  /** Those that a limit which several processes share did not let through. */
  turnedAway: readonly TargetState[] = none
  /** Called already, while a second call beside it is thought of. */
  beside: Target | undefined
  /** What the attempts have cost, as far as it is known. */
  costUsd: number | undefined
  errors: readonly ProviderError[] = none
  /** How long it has waited for its turn at targets that take no more calls at the same time. */
  queuedMs = 0
  /** The answer has begun, and only who can go on with one is of use. */
  needsPrefill = false
  /** Embeddings are to be of this space, or of `anySpace`; undefined where no embeddings are asked for. */
  vectorSpace: string | undefined
  /** A context window of this many tokens was too small; undefined while none was. */
  windowOver: number | undefined
  /** When targets that were passed over or failed may be ready, by target; what was learnt last counts. */
  #readyAt: Map<string, number> | undefined
  #inputTokens: number | undefined
  /** Kinds of failure behind the pauses of targets that were passed over. */
  #passedOver: Set<FailureKind> | undefined

  constructor(
    context: EngineContext,
    number: number,
    route: Route,
    request: ChatRequest,
    isSimple: boolean,
    streamed: boolean,
    signal: AbortSignal | undefined,
    outer?: OuterCall,
  ) {
    this.context = context
    this.number = number
    this.route = route
    this.request = request
    this.streamed = streamed
    this.signal = signal
    this.outer = outer
    this.windowOver = outer?.run.windowOver
    this.startedAt = context.clock.now()
    this.deadlineAt = this.startedAt + route.policy.deadlineMs
    this.isSimple = isSimple && !route.changesRequests && !hasSmallWindow(route, this.startedAt)
    context.events.emit?.({ type: 'request-started', request: number, route: route.name, stream: streamed })
  }

  /** Who left, as the reason to end: the caller, or the router when it is disposed of. */
  get leaver(): { readonly reason: unknown } | undefined {
    if (this.signal?.aborted === true) return this.signal
    const { disposed } = this.context
    return disposed === undefined ? undefined : { reason: disposed }
  }

  /** How many more calls it may make. To look whether a model is loaded by now counts as none. */
  get callsLeft(): number {
    return this.route.policy.maxAttempts - this.started + this.looks
  }

  get isSpent(): boolean {
    return this.callsLeft <= 0
  }

  /** Whether every target suits it, so that none need be asked what it can do. */
  get suitsAll(): boolean {
    return this.isSimple && !this.streamed
  }

  /** Goes on with another request in the same one's stead. */
  replace(request: ChatRequest, needsPrefill: boolean): void {
    this.request = request
    this.needsPrefill = needsPrefill
    this.#inputTokens = undefined
  }

  /** Tokens of the prompt, roughly. */
  get inputTokens(): number {
    return (this.#inputTokens ??= this.context.optional?.estimateTokens(this.request) ?? mostSimpleTokens)
  }

  /** Tokens of the prompt, for a limiter; 0 where it counts none, so that the prompt need not be read. */
  countedTokens({ countsTokens }: Limiter): number {
    return countsTokens ? this.inputTokens : 0
  }

  /** Tokens that the answer of a target takes of its limits, as far as is known before. Embeddings take none. */
  outputTokens({ expectedOutput }: Limiter): number {
    return this.vectorSpace === undefined ? (this.request.maxTokens ?? expectedOutput) : 0
  }

  /** How many calls of a target ended; by its key, where it is a target by one. */
  callsOf({ target, key }: Target): number {
    let calls = 0
    for (const attempt of this.attempts) {
      if (attempt.target === target && (key === undefined || attempt.key === key)) calls++
    }
    return calls
  }

  now(): number {
    return this.context.clock.now()
  }

  /** Notes that a target may be ready at `at`, for the caller's Retry-After; undefined where it gives no time. */
  noteReadyAt(target: string, at: number | undefined): void {
    if (at !== undefined) (this.#readyAt ??= new Map()).set(target, at)
    else this.#readyAt?.delete(target)
  }

  /** The prompt was too long for a window of this size. */
  needsWindowOver(contextWindow: number): void {
    this.windowOver = Math.max(this.windowOver ?? 0, contextWindow)
  }

  /** @throws the caller's reason when the caller left, and DisposedError when the router is disposed of */
  throwIfLeft(): void {
    const { leaver } = this
    if (leaver === undefined) return
    this.ended('aborted', this.now())
    throw leaver.reason
  }

  /**
   * @throws the caller's reason, DisposedError, or RouteFailedError, when no further call may be made
   */
  throwIfOver(now: number): void {
    this.throwIfLeft()
    if (now >= this.deadlineAt) throw this.giveUp('deadline')
    if (this.isSpent) throw this.giveUp('attempt-limit')
  }

  /** Writes down that a target is passed over. */
  refuse({ target, stage }: Pick<Exclusion, 'target' | 'stage'>, now: number, refusal: Refusal): undefined {
    const { reason, until, kind } = refusal
    const exclusion: Exclusion = { target, stage, ...toReason(refusal, now), afterAttempt: this.started }
    if (exclusion.readyInMs !== undefined) this.noteReadyAt(target, until)
    if (kind !== undefined) (this.#passedOver ??= new Set()).add(kind)
    const last = this.exclusions.at(-1)
    if (
      last?.target === target &&
      last.reason === reason &&
      last.stage === stage &&
      last.afterAttempt === this.started
    ) {
      // It was looked at again, as while its model is loaded: once is enough.
      this.exclusions = [...this.exclusions.slice(0, -1), exclusion]
      return
    }
    this.exclusions = [...this.exclusions, exclusion]
    this.context.events.emit?.({ type: 'target-excluded', request: this.number, exclusion })
  }

  ledger(now: number): Ledger {
    const { attempts, exclusions, costUsd } = this
    const ledger = { route: this.route.name, attempts, exclusions, latencyMs: now - this.startedAt }
    return costUsd === undefined ? ledger : { ...ledger, costUsd }
  }

  /** Writes an attempt down. Most requests have one: an array that grows would reserve room for many. */
  record(attempt: Attempt): void {
    const before = this.attempts
    this.attempts = before.length === 0 ? [attempt] : [...before, attempt].sort((a, b) => a.number - b.number)
    if (attempt.costUsd !== undefined) this.costUsd = (this.costUsd ?? 0) + attempt.costUsd
  }

  /** Tells whoever listens how the request ended. */
  ended(outcome: 'succeeded' | 'aborted', now: number): void
  ended(outcome: 'failed', now: number, kind: FailureKind): void
  ended(outcome: 'succeeded' | 'aborted' | 'failed', now: number, kind?: FailureKind): void {
    const { context, number, route, startedAt } = this
    const event = { type: `request-${outcome}`, request: number, route: route.name, latencyMs: now - startedAt }
    context.events.emit?.((kind === undefined ? event : { ...event, kind }) as RouterEvent)
  }

  /** The one error that tells all that was tried. */
  giveUp(reason: GiveUpReason, final?: ProviderError): RouteFailedError {
    const kind = final === undefined ? this.#mostUsefulKind(reason) : rootKind(final)
    const now = this.now()
    const waitMs = Math.min(...(this.#readyAt?.values() ?? [])) - now
    const passes = reason !== 'final' && kind !== 'context-length' && Number.isFinite(waitMs)
    const again = passes ? { retryAfterMs: Math.max(0, waitMs) } : {}
    this.ended('failed', now, kind)
    return new RouteFailedError({ ...this.ledger(now), reason, kind, errors: this.errors, ...again })
  }

  #mostUsefulKind(reason: GiveUpReason): FailureKind {
    const kinds = this.errors.length > 0 ? new Set(this.errors.map(rootKind)) : this.#passedOver
    return byUsefulness.find((kind) => kinds?.has(kind)) ?? (reason === 'deadline' ? 'timeout' : 'router')
  }
}

/** Whether a simple prompt may be too long for some target. Looked up once a second: providers learn of windows on their way. */
function hasSmallWindow(route: Route, now: number): boolean {
  if (now >= (route.lookAgainAt ?? now)) {
    route.lookAgainAt = now + 1000
    route.hasSmallWindow = route.stages.some(({ targets }) =>
      targets.some((target) => !target.isRoute && (target.contextWindow ?? smallWindow) < smallWindow),
    )
  }
  return route.hasSmallWindow === true
}
