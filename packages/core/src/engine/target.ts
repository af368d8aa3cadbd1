import type { Circuit } from '../breaker/circuit.ts'
import type { Pause } from '../health/pause.ts'
import type { TargetHealth } from '../health/target-health.ts'
import type { Price, PriceSource } from '../price/price.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { Provider } from '../provider/provider.ts'
import type { Parameters } from '../provider/request.ts'
import type { RetryBudget } from '../retry/retry-budget.ts'
import type { Candidate } from '../strategy/strategy.ts'

/** Where a target's provider comes from. */
export interface ProviderSource {
  readonly id: string
  /** The provider, if it is there already. */
  readonly loaded: Provider | undefined
  capabilities(model: string): Capabilities
  load(): Promise<Provider>
}

/** What is remembered of a target between requests; all routes that name the target share it. */
export interface TargetState {
  readonly circuit: Circuit
  readonly health: TargetHealth
  readonly pause: Pause
  /** Shared by all targets of the provider. */
  readonly account: Pause
  readonly retryBudget: RetryBudget
}

/** Parameters that a target sets, or with null takes away, whatever the request says. */
export type ParameterOverrides = { readonly [Name in keyof Parameters]?: Parameters[Name] | null }

/** What a route says of a target beside its name. */
export interface TargetSettings {
  /** @default 1 */
  readonly weight?: number
  readonly parameters?: ParameterOverrides
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
  readonly #prices: PriceSource | undefined

  constructor(
    stage: string,
    source: ProviderSource,
    model: string,
    state: TargetState,
    { weight = 1, parameters }: TargetSettings = {},
    prices?: PriceSource,
  ) {
    this.target = `${source.id}/${model}`
    this.provider = source.id
    this.model = model
    this.stage = stage
    this.source = source
    this.state = state
    this.weight = weight
    this.overrides = parameters
    this.#prices = prices
  }

  get health(): TargetHealth {
    return this.state.health
  }

  price(): Price | undefined {
    return this.#prices?.priceOf(this.provider, this.model)
  }

  capabilities(): Capabilities {
    return this.source.capabilities(this.model)
  }

  /** When it can next be called, as far as pauses and its circuit go: 0 for at once. */
  readyAt(now: number): number {
    return Math.max(pausedBy(this.state, now)?.until ?? 0, this.state.circuit.readyAt(now))
  }
}

/** The pause, its own or its account's, for which a target is left alone now. */
export function pausedBy({ pause, account }: TargetState, now: number): Pause | undefined {
  const longer = account.until > pause.until ? account : pause
  return longer.until > now ? longer : undefined
}
