import { doubled } from '../backoff/doubled.ts'
import type { Random } from '../runtime/random.ts'
import { SlicedWindow } from '../window/sliced-window.ts'
import { initialCircuitState, nextCircuitState, openingsOnTrip } from './circuit-state.ts'
import type { CircuitEvent, CircuitRules, CircuitState } from './circuit-state.ts'

/** When a circuit opens and how it comes back. */
export interface CircuitOptions extends CircuitRules {
  /** Span over which calls are counted. */
  readonly windowMs: number
  readonly windowSlices: number
  /** Opens after this many failures with no success between. */
  readonly consecutiveFailures: number
  /** Opens when this share of the window's calls failed, given `minimumCalls` of them. */
  readonly failureRate: number
  readonly minimumCalls: number
  /** How long it stays open the first time; it doubles with each opening. */
  readonly openMs: number
  readonly maxOpenMs: number
}

/** Leave to make one call; hand it back with how the call went, exactly once. */
export interface Ticket {
  readonly generation: number
  /** Number of the half-open permit, or -1 when the circuit was closed or the call was forced. */
  readonly permit: number
}

const failures = 0
const successes = 1

/**
 * One target's circuit breaker: it lets calls through, counts how they went, and stops them for a while when too many
 * fail. Half-open, it lets a few through; the first success closes it and the first failure opens it for twice as long.
 */
export class Circuit {
  readonly #options: CircuitOptions
  readonly #random: Random
  readonly #onChange: ((from: CircuitState, to: CircuitState) => void) | undefined
  readonly #window: SlicedWindow
  #state: CircuitState = initialCircuitState
  #consecutive = 0
  #closedTicket: Ticket = { generation: 0, permit: -1 }

  constructor(options: CircuitOptions, random: Random, onChange?: (from: CircuitState, to: CircuitState) => void) {
    this.#options = options
    this.#random = random
    this.#onChange = onChange
    this.#window = new SlicedWindow(options.windowMs, options.windowSlices, 2)
  }

  get state(): CircuitState {
    return this.#state
  }

  /** When a call may next be let through: 0 for at once. Takes no permit. */
  readyAt(now: number): number {
    const state = this.#state
    if (state.type === 'closed') return 0
    if (state.type === 'open') return state.until <= now ? 0 : state.until
    let earliest = Infinity
    let live = 0
    for (const permit of state.permits) {
      if (permit.expiresAt <= now) continue
      live++
      earliest = Math.min(earliest, permit.expiresAt)
    }
    return live < this.#options.halfOpenPermits ? 0 : earliest
  }

  /** Leave to call now, or undefined where the circuit is open or its permits are taken. */
  admit(now: number): Ticket | undefined {
    const before = this.#state
    if (before.type === 'closed') return this.#closedTicket
    const after = this.#apply({ type: 'admit' }, now)
    if (after === before || after.type !== 'half-open') return undefined
    return { generation: after.generation, permit: after.nextPermit - 1 }
  }

  /** Leave to call whatever the state, for the last target there is; its outcome counts if the state is still the same. */
  force(): Ticket {
    return { generation: this.#state.generation, permit: -1 }
  }

  success(ticket: Ticket, now: number): void {
    if (ticket.generation !== this.#state.generation) return
    if (this.#state.type === 'closed') {
      this.#consecutive = 0
      this.#window.add(successes, 1, now)
    } else {
      this.#apply({ type: 'settle', generation: ticket.generation, permit: ticket.permit, outcome: 'success' }, now)
    }
  }

  /**
   * @param weight how much the failure counts, above 0 up to 1
   * @param retryAfterMs the circuit opens for no less than this
   */
  failure(ticket: Ticket, weight: number, now: number, retryAfterMs = 0): void {
    if (ticket.generation !== this.#state.generation) return
    if (this.#state.type === 'closed') {
      this.#consecutive += weight
      this.#window.add(failures, weight, now)
      if (!this.#isBroken(now)) return
    }
    const openMs = Math.max(this.#drawOpenMs(now), retryAfterMs)
    this.#apply({ type: 'trip', generation: ticket.generation, openMs }, now)
  }

  /** The call ended without saying anything about the target: hands the permit back. */
  cancel(ticket: Ticket, now: number): void {
    if (ticket.permit < 0) return
    this.#apply({ type: 'settle', generation: ticket.generation, permit: ticket.permit, outcome: 'cancel' }, now)
  }

  #isBroken(now: number): boolean {
    const { consecutiveFailures, failureRate, minimumCalls } = this.#options
    if (this.#consecutive >= consecutiveFailures) return true
    const failed = this.#window.sum(failures, now)
    const calls = failed + this.#window.sum(successes, now)
    return calls >= minimumCalls && failed / calls >= failureRate
  }

  /** Doubles with each opening; equal jitter, so that targets that broke together are not probed together. */
  #drawOpenMs(now: number): number {
    const { openMs, maxOpenMs } = this.#options
    const ceiling = doubled(openMs, openingsOnTrip(this.#state, this.#options, now) - 1, maxOpenMs)
    return ceiling / 2 + (this.#random() * ceiling) / 2
  }

  #apply(event: CircuitEvent, now: number): CircuitState {
    const before = this.#state
    const next = nextCircuitState(before, event, this.#options, now)
    this.#state = next
    if (next.generation === before.generation) return next
    if (next.type === 'closed') {
      this.#consecutive = 0
      this.#window.clear()
      this.#closedTicket = { generation: next.generation, permit: -1 }
    }
    this.#onChange?.(before, next)
    return next
  }
}
