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

/** Keeps one state for each target, whichever routes name it, and one pause for each provider's account. */
export class TargetStates {
  readonly #context: EngineContext
  readonly #options: TargetStateOptions
  readonly #states = new Map<string, TargetState>()
  readonly #accounts = new Map<string, Pause>()

  constructor(context: EngineContext, options: TargetStateOptions) {
    this.#context = context
    this.#options = options
  }

  of(provider: string, model: string): TargetState {
    const id = `${provider}/${model}`
    const known = this.#states.get(id)
    if (known) return known
    const account = this.#accounts.get(provider) ?? new Pause()
    this.#accounts.set(provider, account)
    const state: TargetState = {
      circuit: new Circuit(this.#options.circuit, this.#context.random, (_, to) => this.#reportCircuit(id, to)),
      health: new TargetHealth(this.#options.health),
      pause: new Pause(),
      account,
      retryBudget: new RetryBudget(this.#options.retryBudget),
    }
    this.#states.set(id, state)
    return state
  }

  forget(id: string): void {
    this.#states.delete(id)
  }

  entries(): Iterable<[string, TargetState]> {
    return this.#states.entries()
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
    events.emit?.({ type, target, ...openMs } as RouterEvent)
  }
}
