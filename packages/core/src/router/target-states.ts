import type { CircuitOptions } from '../breaker/circuit.ts'
import { Circuit } from '../breaker/circuit.ts'
import type { CircuitState } from '../breaker/circuit-state.ts'
import type { RouterEvent } from '../engine/event.ts'
import type { EngineContext } from '../engine/run.ts'
import type { TargetState } from '../engine/target.ts'
import { Pause } from '../health/pause.ts'
import type { HealthOptions } from '../health/target-health.ts'
import { TargetHealth } from '../health/target-health.ts'
import type { RetryBudgetOptions } from '../retry/retry-budget.ts'
import { RetryBudget } from '../retry/retry-budget.ts'

/** Settings of what is kept for each target. */
export interface TargetStateOptions {
  readonly circuit: CircuitOptions
  readonly retryBudget: RetryBudgetOptions
  readonly health: HealthOptions
}

/** What all targets of a provider share. */
interface ProviderState {
  readonly account: Pause
  readonly endpoint: Circuit
}

/** Keeps one state for each target, whichever routes name it, and one for each provider. */
export class TargetStates {
  readonly #context: EngineContext
  #options: TargetStateOptions
  readonly #states = new Map<string, TargetState>()
  readonly #providers = new Map<string, ProviderState>()

  constructor(context: EngineContext, options: TargetStateOptions) {
    this.#context = context
    this.#options = options
  }

  of(provider: string, model: string): TargetState {
    const id = `${provider}/${model}`
    const known = this.#states.get(id)
    if (known) return known
    const { account, endpoint } = this.#providerState(provider)
    const state: TargetState = {
      circuit: this.#createCircuit(id),
      endpoint,
      health: new TargetHealth(this.#options.health),
      pause: new Pause(),
      account,
      retryBudget: new RetryBudget(this.#options.retryBudget),
    }
    this.#states.set(id, state)
    return state
  }

  /** The state of a target that is known. */
  get(id: string): TargetState | undefined {
    return this.#states.get(id)
  }

  /** The circuit of a target, or of a provider's endpoint. */
  circuitOf(id: string): Circuit | undefined {
    return this.#states.get(id)?.circuit ?? this.#providers.get(id)?.endpoint
  }

  /** The pause of a target, or of a provider's account. */
  pauseOf(id: string): Pause | undefined {
    return this.#states.get(id)?.pause ?? this.#providers.get(id)?.account
  }

  /** Goes on by other options; all that is remembered is kept, but for targets that are not in `keep`. */
  reconfigure(options: TargetStateOptions, keep: ReadonlySet<string>): void {
    this.#options = options
    for (const [id, { circuit, health, retryBudget }] of this.#states) {
      if (!keep.has(id)) this.#states.delete(id)
      circuit.reconfigure(options.circuit)
      health.reconfigure(options.health)
      retryBudget.reconfigure(options.retryBudget)
    }
    for (const { endpoint } of this.#providers.values()) endpoint.reconfigure(options.circuit)
  }

  forget(id: string): void {
    this.#states.delete(id)
  }

  entries(): Iterable<[string, TargetState]> {
    return this.#states.entries()
  }

  /** Targets and providers. */
  keys(): readonly string[] {
    return [...this.#states.keys(), ...this.#providers.keys()]
  }

  #providerState(provider: string): ProviderState {
    const known = this.#providers.get(provider)
    const state = known ?? { account: new Pause(), endpoint: this.#createCircuit(provider) }
    this.#providers.set(provider, state)
    return state
  }

  #createCircuit(id: string): Circuit {
    return new Circuit(this.#options.circuit, this.#context.random, (_, to) => this.#reportCircuit(id, to))
  }

  #reportCircuit(target: string, state: CircuitState): void {
    const { events, logger, clock } = this.#context
    const openMs = state.type === 'open' ? { openMs: state.until - clock.now() } : {}
    const type = (
      {
        open: 'circuit-opened',
        'half-open': 'circuit-half-opened',
        closed: 'circuit-closed',
        isolated: 'circuit-isolated',
      } as const
    )[state.type]
    logger.warn(type, { target, ...openMs })
    this.#context.shared?.publishCircuit(target, state)
    events.emit?.({ type, target, ...openMs } as RouterEvent)
  }
}
