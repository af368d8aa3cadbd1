import type { CircuitOptions } from '../breaker/circuit.ts'
import { Circuit } from '../breaker/circuit.ts'
import type { CircuitState } from '../breaker/circuit-state.ts'
import type { RouterEvent } from '../engine/event.ts'
import type { OptionalParts } from '../engine/loaded-parts.ts'
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
  /** Of each key, by fingerprint. */
  readonly accounts: Map<string, Pause>
  readonly turn: { next: number }
}

/** Keeps one state for each target, whichever routes name it, and one for each provider. */
export class TargetStates {
  readonly #context: EngineContext
  #options: TargetStateOptions
  readonly #states = new Map<string, TargetState>()
  readonly #providers = new Map<string, ProviderState>()
  /** Targets that nobody names any more. */
  readonly #leaving = new Set<string>()

  constructor(context: EngineContext, options: TargetStateOptions) {
    this.#context = context
    this.#options = options
  }

  of(provider: string, model: string): TargetState {
    const id = `${provider}/${model}`
    this.#leaving.delete(id)
    const known = this.#states.get(id)
    if (known) return known
    const shared = this.#providers.get(provider) ?? this.#createProvider(provider)
    this.#providers.set(provider, shared)
    const state = this.#create(id, shared)
    this.#states.set(id, state)
    return state
  }

  /** The state of a target, for who only looks: of one that is not known nothing is remembered. */
  peek(id: string): TargetState {
    const provider = id.slice(0, id.indexOf('/'))
    return this.#states.get(id) ?? this.#create(id, this.#providers.get(provider) ?? this.#createProvider(provider))
  }

  #create(id: string, provider: ProviderState): TargetState {
    const { circuit, health, retryBudget } = this.#options
    const { account, endpoint } = provider
    const state: TargetState = {
      circuit: new Circuit(circuit, this.#context.random, (_, to) => this.#reportCircuit(id, to)),
      endpoint,
      health: new TargetHealth(health, this.#context.clock),
      pause: new Pause(),
      account,
      retryBudget: new RetryBudget(retryBudget),
      turn: provider.turn,
      keyed: (fingerprints, isReplaced) => {
        const parts = this.#context.optional as OptionalParts | undefined
        if (parts === undefined) return undefined
        const before = state.fingerprints ?? []
        const keyed = parts.keyedStates(state, provider.accounts, fingerprints, isReplaced)
        const met = isReplaced ? [] : fingerprints.filter((key) => !before.includes(key))
        if (met.length > 0) this.#met(id, met, state)
        return keyed
      },
    }
    return state
  }

  /** There are keys of which nothing was known: others may know, and whoever waits may go by them. */
  #met(id: string, keys: readonly string[], { queue }: TargetState): void {
    const provider = id.slice(0, id.indexOf('/'))
    void this.#context.shared?.read(keys.flatMap((key) => [`${provider}#${key}`, `${id}#${key}`]))
    // Not in the midst of what looked them up.
    if (queue?.size)
      void Promise.resolve([...queue]).then((waiting) => waiting.forEach((one) => queue.has(one) && one.ring()))
  }

  /** The circuit of a target, or of a provider's endpoint. */
  circuitOf(id: string): Circuit | undefined {
    return this.#states.get(id)?.circuit ?? this.#providers.get(id)?.endpoint
  }

  /** The pause of a target, or of a provider's account; with `#fingerprint` behind it, of those by that key. */
  pauseOf(id: string): Pause | undefined {
    const pause = this.#states.get(id)?.pause ?? this.#providers.get(id)?.account
    const at = id.lastIndexOf('#')
    if (pause !== undefined || at < 0) return pause
    const [name, key] = [id.slice(0, at), id.slice(at + 1)]
    return this.#states.get(name)?.byKey?.get(key)?.pause ?? this.#providers.get(name)?.accounts.get(key)
  }

  /** The ids under which a target or provider has pauses: its own, and by each key that was known. */
  pausesOf(id: string): readonly string[] {
    const byKey = this.#states.get(id)?.byKey ?? this.#providers.get(id)?.accounts
    return [id, ...Array.from(byKey?.keys() ?? [], (key) => `${id}#${key}`)]
  }

  /** Goes on by other options; all that is remembered is kept. */
  reconfigure(options: TargetStateOptions): void {
    this.#options = options
    for (const { circuit, health, retryBudget } of this.#states.values()) {
      circuit.reconfigure(options.circuit)
      health.reconfigure(options.health)
      retryBudget.reconfigure(options.retryBudget)
    }
    for (const { endpoint } of this.#providers.values()) endpoint.reconfigure(options.circuit)
  }

  /**
   * Forgets all targets but these. One that is being called, or left alone for a while, or isolated, is forgotten after
   * that: requests may wait for it, and it may come back.
   */
  keepOnly(kept: ReadonlySet<string>): void {
    for (const id of this.#states.keys()) if (!kept.has(id)) this.#leaving.add(id)
    this.#forgetLeaving()
  }

  forget(id: string): void {
    this.#leaving.add(id)
    this.#forgetLeaving()
  }

  entries(): Iterable<[string, TargetState]> {
    this.#forgetLeaving()
    return this.#states.entries()
  }

  /** Targets and providers. */
  names(): readonly string[] {
    this.#forgetLeaving()
    return [...this.#states.keys(), ...this.#providers.keys()]
  }

  /** All that has a pause: targets, providers, and both by each of their keys. */
  keys(): readonly string[] {
    return this.names().flatMap((id) => this.pausesOf(id))
  }

  #forgetLeaving(): void {
    if (this.#leaving.size === 0) return
    const now = this.#context.clock.now()
    for (const id of this.#leaving) {
      const state = this.#states.get(id)
      const isPaused = this.pausesOf(id).some((own) => (this.pauseOf(own)?.until ?? 0) > now)
      if (state && (state.health.inFlight > 0 || isPaused || state.circuit.readyAt(now) > 0)) continue
      this.#leaving.delete(id)
      this.#states.delete(id)
    }
    const endpoints = new Set(Array.from(this.#states.values(), ({ endpoint }) => endpoint))
    for (const [id, { endpoint }] of this.#providers) if (!endpoints.has(endpoint)) this.#providers.delete(id)
  }

  #createProvider(id: string): ProviderState {
    const { circuit } = this.#options
    const endpoint = new Circuit(circuit, this.#context.random, (_, to) => this.#reportCircuit(id, to))
    return { account: new Pause(), endpoint, accounts: new Map(), turn: { next: 0 } }
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
