import { doubled } from '../backoff/doubled.ts'
import type { Random } from '../runtime/random.ts'
import { SlicedWindow } from '../window/sliced-window.ts'
import { initialCircuitState, nextCircuitState, openingsOnTrip } from './circuit-state.ts'
import type { CircuitEvent, CircuitRules, CircuitState } from './circuit-state.ts'
import { RampUp } from './ramp-up.ts'

/** When a circuit opens and how it comes back. */
export interface CircuitOptions extends CircuitRules {
  /** Span over which calls are counted. */
  readonly windowMs: number
  readonly windowSlices: number
  /** Opens after this many failures in a row: with no success between, and none longer than `windowMs` after the one before. */
  readonly consecutiveFailures: number
  /** Opens when this share of the window's calls failed, given `minimumCalls` of them. */
  readonly failureRate: number
  readonly minimumCalls: number
  /**
   * Opens when this share of the window's successes was slow, given `minimumCalls` that were measured; 0 for never. A
   * share well above a half: where some prompts take long and others do not, nothing is broken.
   */
  readonly slowCallRate: number
  /** A stream whose first content takes longer, in milliseconds, is a slow call. */
  readonly slowFirstContentMs: number
  /** How long it stays open the first time; it doubles with each opening. */
  readonly openMs: number
  readonly maxOpenMs: number
  /** For so long after a success closed it, only a share of calls is let through: a tenth at first, then more; 0 for all at once. */
  readonly rampUpMs: number
}

/** Leave to make one call; hand it back with how the call went, exactly once. */
export interface Ticket {
  readonly generation: number
  /** Number of the half-open permit, or -1 when the circuit was closed or the call was forced. */
  readonly permit: number
}

// The lanes of the window; each call counts in one.
const failures = 0
const unmeasured = 1
const quick = 2
const slowOnes = 3

/**
 * One target's circuit breaker: it lets calls through, counts how they went, and stops them for a while when too many
 * fail or are slow. Half-open, it lets a few through; the first success closes it and the first failure opens it for
 * twice as long. Closed again, it lets more and more of them through.
 */
export class Circuit {
  #options: CircuitOptions
  readonly #random: Random
  readonly #onChange: ((from: CircuitState, to: CircuitState) => void) | undefined
  #window: SlicedWindow
  readonly #rampUp = new RampUp()
  #state: CircuitState = initialCircuitState
  /** From then on every call is let through; never while it is not closed. */
  #freeAt = -Infinity
  #consecutive = 0
  #lastFailureAt = -Infinity
  #closedTicket: Ticket = { generation: 0, permit: -1 }

  constructor(options: CircuitOptions, random: Random, onChange?: (from: CircuitState, to: CircuitState) => void) {
    this.#options = options
    this.#random = random
    this.#onChange = onChange
    this.#window = windowOf(options)
  }

  get state(): CircuitState {
    return this.#state
  }

  /**
   * When a call may next be let through: 0 for at once, Infinity for no time that is known. It may come sooner, as others
   * ask or hand their permits back. Takes no permit.
   */
  readyAt(now: number): number {
    if (now >= this.#freeAt) return 0
    const state = this.#state
    if (state.type === 'isolated') return Infinity
    if (state.type !== 'half-open') {
      const at = state.type === 'open' ? state.until : this.#rampUp.readyAt()
      return at <= now ? 0 : at
    }
    let earliest = Infinity
    let live = 0
    for (const permit of state.permits) {
      if (permit.expiresAt <= now) continue
      live++
      earliest = Math.min(earliest, permit.expiresAt)
    }
    return live < this.#options.halfOpenPermits ? 0 : earliest
  }

  /** Closed, but so recently that only a share of calls is let through. Whoever has no other target may force it. */
  isRampingUp(now: number): boolean {
    return this.#state.type === 'closed' && now < this.#freeAt
  }

  /**
   * Closed, to all calls, with no failure within the window. As long as it is, a success need not be told. A row of
   * failures opens it all the same; the share that failed, and `minimumCalls`, are then of the calls since the first
   * failure. Not where it is told which successes are slow.
   */
  isQuiet(now: number): boolean {
    return now >= this.#freeAt && now - this.#lastFailureAt >= this.#options.windowMs
  }

  /** Leave to call now, or undefined where the circuit is open, isolated or ramping up, or its permits are taken. */
  admit(now: number): Ticket | undefined {
    if (now >= this.#freeAt) return this.#closedTicket
    const before = this.#state
    if (before.type === 'closed') return this.#rampUp.admit(now) ? this.#closedTicket : undefined
    const after = this.#apply({ type: 'admit' }, now)
    if (after === before || after.type !== 'half-open') return undefined
    return { generation: after.generation, permit: after.nextPermit - 1 }
  }

  /**
   * Leave to call whatever the state, for the last target there is; its outcome counts if the state is still the same.
   * Not for a circuit that is isolated: that one is called by nobody, and hears no outcome.
   */
  force(): Ticket {
    return { generation: this.#state.generation, permit: -1 }
  }

  /** Whether a stream that took so long to its first content is a slow call. */
  isSlow(firstContentMs: number): boolean {
    return firstContentMs > this.#options.slowFirstContentMs
  }

  /**
   * @param slow whether it was slow; undefined where that was not measured. A slow success ends a row of failures as any
   * other, but is no proof of recovery: it hands its permit back and closes nothing
   */
  success(ticket: Ticket, now: number, slow?: boolean): void {
    if (ticket.generation !== this.#state.generation) return
    const isSlow = slow === true && this.#options.slowCallRate > 0
    if (this.#state.type === 'closed') {
      this.#consecutive = 0
      this.#window.add(slow === undefined ? unmeasured : isSlow ? slowOnes : quick, 1, now)
      if (isSlow && this.#drags(now)) this.#trip('slow', ticket.generation, now)
    } else this.#settle(ticket, isSlow ? 'cancel' : 'success', now)
  }

  /**
   * @param weight how much the failure counts, above 0 up to 1
   * @param retryAfterMs the circuit opens for no less than this
   */
  failure(ticket: Ticket, weight: number, now: number, retryAfterMs = 0): void {
    if (ticket.generation !== this.#state.generation) return
    if (this.#state.type === 'closed') {
      const inRow = now - this.#lastFailureAt < this.#options.windowMs
      this.#consecutive = inRow ? this.#consecutive + weight : weight
      this.#lastFailureAt = now
      this.#window.add(failures, weight, now)
      if (!this.#isBroken(now)) return
    }
    this.#trip('failures', ticket.generation, now, retryAfterMs)
  }

  /** The call ended without saying anything about the target: hands the permit back. */
  cancel(ticket: Ticket, now: number): void {
    if (ticket.permit >= 0) this.#settle(ticket, 'cancel', now)
  }

  /** Lets nobody through until `reset`, whatever comes. */
  isolate(now: number): void {
    this.#apply({ type: 'isolate' }, now)
  }

  /** Closes it as if it were new; calls under way are not heard. */
  reset(now: number): void {
    this.#apply({ type: 'reset' }, now)
  }

  /** Another process found the target broken: open until then, if it is not for longer already. */
  openUntil(until: number, now: number): void {
    this.#apply({ type: 'opened-elsewhere', until }, now)
  }

  /** Another process saw the target recover: if it is open, calls may test it at once. */
  closedElsewhere(now: number): void {
    this.#apply({ type: 'closed-elsewhere' }, now)
  }

  /**
   * Goes on by other options. Its state is kept, with the times that were set by then, and so is what was counted unless
   * the window has another shape.
   */
  reconfigure(options: CircuitOptions): void {
    const { windowMs, windowSlices } = this.#options
    if (options.windowMs !== windowMs || options.windowSlices !== windowSlices) this.#window = windowOf(options)
    this.#options = options
  }

  #isBroken(now: number): boolean {
    const { consecutiveFailures, failureRate, minimumCalls } = this.#options
    if (this.#consecutive >= consecutiveFailures) return true
    const failed = this.#window.sum(failures, now)
    const calls = failed + this.#window.sum(unmeasured, now) + this.#measured(now)
    return calls >= minimumCalls && failed / calls >= failureRate
  }

  #drags(now: number): boolean {
    const { slowCallRate, minimumCalls } = this.#options
    const measured = this.#measured(now)
    return measured >= minimumCalls && this.#window.sum(slowOnes, now) / measured >= slowCallRate
  }

  #measured(now: number): number {
    return this.#window.sum(quick, now) + this.#window.sum(slowOnes, now)
  }

  #settle({ generation, permit }: Ticket, outcome: 'success' | 'cancel', now: number): void {
    this.#apply({ type: 'settle', generation, permit, outcome }, now)
  }

  #trip(cause: 'failures' | 'slow', generation: number, now: number, atLeastMs = 0): void {
    this.#apply({ type: 'trip', generation, openMs: Math.max(this.#drawOpenMs(now), atLeastMs), cause }, now)
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
    this.#freeAt = Infinity
    if (next.type === 'closed') {
      this.#rampUp.start(next.closedAt, this.#options.rampUpMs)
      this.#freeAt = this.#rampUp.endsAt
      // No row of failures goes on from here either.
      this.#lastFailureAt = -Infinity
      this.#window.clear()
      this.#closedTicket = { generation: next.generation, permit: -1 }
    }
    if (next.type !== before.type) this.#onChange?.(before, next)
    return next
  }
}

function windowOf({ windowMs, windowSlices }: CircuitOptions): SlicedWindow {
  return new SlicedWindow(windowMs, windowSlices, 4)
}
