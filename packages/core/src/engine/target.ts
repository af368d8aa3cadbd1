import type { Circuit } from '../breaker/circuit.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { Quantile } from '../hedge/quantile.ts'
import type { Pause } from '../health/pause.ts'
import type { TargetHealth } from '../health/target-health.ts'
import type { Price, PriceSource } from '../price/price.ts'
import type { Limiter } from '../limit/limiter.ts'
import type { Limits } from '../limit/limits.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { KeyPool } from '../provider/key-pool.ts'
import type { Provider } from '../provider/provider.ts'
import type { Parameters } from '../provider/request.ts'
import type { RetryBudget } from '../retry/retry-budget.ts'
import type { Sleeper } from '../runtime/alarms.ts'
import type { Candidate } from '../strategy/strategy.ts'

/** Where a target's provider comes from. */
export interface ProviderSource {
  readonly id: string
  /** The provider, if it is there already. */
  readonly loaded: Provider | undefined
  /** Its keys, where it may have several. */
  readonly keys: KeyPool | undefined
  /** Another one is in its place, or none: only requests that began before that go by it. */
  readonly isReplaced: boolean
  /** Newer keys are asked for no sooner. */
  askAgainAt: number
  capabilities(model: string): Capabilities
  load(): Promise<Provider>
}

/** The last failure of a target, without what was said. */
export interface LastFailure {
  readonly kind: FailureKind
  readonly status?: number
  readonly code?: string
  /** On the router's clock. */
  readonly at: number
}

/** What is remembered of a target between requests; all routes that name the target share it. */
export interface TargetState {
  readonly circuit: Circuit
  /** Shared by all targets of the provider: counts failures to reach it at all. */
  readonly endpoint: Circuit
  readonly health: TargetHealth
  readonly pause: Pause
  /** Shared by all targets of the provider. */
  readonly account: Pause
  readonly retryBudget: RetryBudget
  /** Absent while nobody knows of a limit. */
  limiter?: Limiter
  /** Of the times to the first content; measured on routes that hedge. */
  firstContent?: Quantile
  /** Requests that wait for a call to end, since no more may be under way. */
  queue?: Set<Sleeper>
  /** While its model is being loaded: how long to wait between two looks, in milliseconds. */
  loadingLookMs?: number
  lastSuccessAt?: number
  lastFailure?: LastFailure
  /** Of a target by one key: the pause of the whole, for what speaks of its service and not of a key. */
  readonly service?: Pause
  /** What is known of it by each key, by fingerprint, some that are gone included; absent where there was one key only. */
  byKey?: Map<string, TargetState>
  /** The keys that there are now. */
  fingerprints?: readonly string[]
  /** Whose turn it is among the keys of its provider. */
  readonly turn: { next: number }
  /**
   * What is known of it by these keys.
   *
   * @returns undefined while the parts are not loaded that keys need
   * @param isReplaced they are those of a provider that was replaced: what is known by the keys of now stays as it is
   */
  keyed(fingerprints: readonly string[], isReplaced: boolean): readonly TargetState[] | undefined
}

/** Parameters that a target sets, or with null takes away, whatever the request says. */
export type ParameterOverrides = { readonly [Name in keyof Parameters]?: Parameters[Name] | null }

/** Stands for all vector spaces. */
export const anySpace = '*'

/** The vector space of a model, unless something else is said: its name, whoever serves it. */
export function spaceOf(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1)
}

/** What a route says of a target beside its name. */
export interface TargetSettings {
  /** @default 1 */
  readonly weight?: number
  readonly parameters?: ParameterOverrides
  readonly limits?: Limits
  /** Targets whose embeddings can be compared have the same. @default the model's name */
  readonly vectorSpace?: string
}

/** A place in a stage: a provider's model that requests can be sent to. */
export class Target implements Candidate {
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly provider: string
  readonly model: string
  /** The stage it stands in. */
  readonly stage: string
  readonly source: ProviderSource
  readonly state: TargetState
  readonly weight: number
  readonly overrides: ParameterOverrides | undefined
  readonly vectorSpace: string
  /** Fingerprint of the key that calls are made with, where it is a target by one key. */
  readonly key: string | undefined
  /** The target by whichever key. */
  readonly whole: Target
  readonly #settings: TargetSettings
  readonly #prices: PriceSource | undefined
  #fingerprints: readonly string[] | undefined
  #byKey: readonly Target[] | undefined

  constructor(
    stage: string,
    source: ProviderSource,
    model: string,
    state: TargetState,
    settings: TargetSettings = {},
    prices?: PriceSource,
    whole?: Target,
    key?: string,
  ) {
    const { weight = 1, parameters, vectorSpace } = settings
    this.target = `${source.id}/${model}`
    this.provider = source.id
    this.model = model
    this.stage = stage
    this.source = source
    this.state = state
    this.weight = weight
    this.overrides = parameters
    this.vectorSpace = vectorSpace ?? spaceOf(model)
    this.key = key
    this.whole = whole ?? this
    this.#settings = settings
    this.#prices = prices
  }

  /** The same target by each key of its provider; undefined where that has one key only. */
  get byKey(): readonly Target[] | undefined {
    const fingerprints = this.source.keys?.fingerprints
    if (fingerprints === this.#fingerprints) return this.#byKey
    const { stage, source, model, state } = this
    const isWhole = this.key === undefined && fingerprints !== undefined && fingerprints.length > 0
    const states = isWhole ? state.keyed(fingerprints, source.isReplaced) : undefined
    if (isWhole && states === undefined) return undefined
    this.#fingerprints = fingerprints
    this.#byKey = states?.map(
      (own, at) => new Target(stage, source, model, own, this.#settings, this.#prices, this, fingerprints?.[at]),
    )
    return this.#byKey
  }

  /** Under which other processes know what is known of it: the target, by its key where it has one. */
  get id(): string {
    return this.key === undefined ? this.target : `${this.target}#${this.key}`
  }

  get health(): TargetHealth {
    return this.state.health
  }

  price(): Price | undefined {
    try {
      return this.#prices?.priceOf(this.provider, this.model)
    } catch {
      // A price that cannot be told is not known.
      return undefined
    }
  }

  capabilities(): Capabilities {
    return this.source.capabilities(this.model)
  }

  /** Tokens of its context window; undefined where that is not known, or cannot be told. */
  get contextWindow(): number | undefined {
    try {
      return this.capabilities().contextWindow
    } catch {
      return undefined
    }
  }

  /** Whether it is a router, with routes and clocks of its own. */
  get isRoute(): boolean {
    return this.source.loaded?.isRouter === true
  }

  /** When it can next be called, as far as pauses and circuits go: 0 for at once, Infinity for no time that is known. */
  readyAt(now: number): number {
    const { byKey } = this
    if (byKey !== undefined) return Math.min(...byKey.map((target) => target.readyAt(now)))
    const { circuit, endpoint } = this.state
    return Math.max(pausedBy(this.state, now)?.until ?? 0, circuit.readyAt(now), endpoint.readyAt(now))
  }
}

/** The pause, its own, its service's or its account's, for which a target is left alone now. */
export function pausedBy({ pause, account, service, loadingLookMs }: TargetState, now: number): Pause | undefined {
  if (loadingLookMs !== undefined && pause.until <= now) pause.extend(now + loadingLookMs, 'warming')
  let longest = account.until > pause.until ? account : pause
  if (service !== undefined && service.until > longest.until) longest = service
  return longest.until > now ? longest : undefined
}
