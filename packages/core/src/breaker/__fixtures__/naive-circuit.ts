import type { CircuitOptions, Ticket } from '../circuit.ts'
import type { CircuitState } from '../circuit-state.ts'

/** How a call ended; the success of a call that was measured is quick or slow. */
export type Ending = 'failure' | 'success' | 'quick' | 'slow' | 'cancel'

/** What a circuit breaker is to do, written down as plainly as can be: nothing is summed up, everything is remembered. */
export class NaiveCircuit {
  options: CircuitOptions
  type: CircuitState['type'] = 'closed'
  generation = 0
  openings = 0
  until = 0
  closedAt = -Infinity
  /** Calls that test it, with the ends of their leases. */
  tests = new Map<Ticket, number>()
  /** Calls that ended since it closed. */
  ended: { readonly at: number; readonly ending: Ending; readonly weight: number }[] = []
  row = 0
  lastFailureAt = -Infinity
  /** The shares of the calls that asked during the ramp-up, and how many of them were let through. */
  shares = 0
  passed = 0

  constructor(options: CircuitOptions) {
    this.options = options
  }

  rampsUp(now: number): boolean {
    return this.type === 'closed' && now < this.closedAt + this.rampUpMs
  }

  /** That of the options when it closed. */
  rampUpMs = 0

  isQuiet(now: number): boolean {
    const failedLately = now - this.lastFailureAt < this.options.windowMs
    return this.type === 'closed' && !this.rampsUp(now) && !failedLately
  }

  /** Whether a call is to be let through; undefined where fractions are too close to tell. */
  lets(now: number): boolean | undefined {
    switch (this.type) {
      case 'isolated':
        return false
      case 'open':
        return now >= this.until
      case 'half-open':
        return this.#liveTests(now) < this.options.halfOpenPermits
      case 'closed': {
        if (!this.rampsUp(now)) return true
        const earned = this.shares + this.shareAt(now) - this.passed
        return Math.abs(earned - 1) < 1e-9 ? undefined : earned > 1
      }
    }
  }

  /** A call asked, and was let through if it has a ticket. */
  asked(ticket: Ticket | undefined, now: number): void {
    if (this.rampsUp(now)) {
      this.shares += this.shareAt(now)
      if (ticket) this.passed++
    }
    if (ticket === undefined || this.type === 'closed') return
    if (this.type === 'open') this.#become('half-open')
    this.tests.set(ticket, now + this.options.permitLeaseMs)
  }

  shareAt(now: number): number {
    return 0.1 + (0.9 * (now - this.closedAt)) / this.rampUpMs
  }

  /** A call ended that began in the generation of its ticket. */
  settled(ticket: Ticket, ending: Ending, weight: number, now: number, openMs: (openings: number) => number): void {
    if (ticket.generation !== this.generation || this.type === 'isolated') return
    const { slowCallRate, windowMs } = this.options
    if (this.type === 'closed') {
      if (ending === 'cancel') return
      this.ended.push({ at: now, ending: ending === 'slow' && slowCallRate === 0 ? 'quick' : ending, weight })
      if (ending === 'failure') {
        this.row = now - this.lastFailureAt < windowMs ? this.row + weight : weight
        this.lastFailureAt = now
        if (this.#fails(now)) this.open(now, openMs(this.openingsNow(now)))
      } else {
        this.row = 0
        if (ending === 'slow' && slowCallRate > 0 && this.#drags(now)) this.open(now, openMs(this.openingsNow(now)))
      }
    } else if (ending === 'failure') {
      if (this.type === 'half-open') this.open(now, openMs(this.openingsNow(now)))
    } else if (ending === 'cancel' || (ending === 'slow' && slowCallRate > 0)) this.tests.delete(ticket)
    else this.#close(now, this.openings)
  }

  openingsNow(now: number): number {
    const recovered = this.type === 'closed' && now - this.closedAt >= this.options.recoveredAfterMs
    return recovered ? 1 : this.openings + 1
  }

  open(now: number, openMs: number): void {
    this.openings = this.openingsNow(now)
    this.until = now + openMs
    this.#become('open')
  }

  openUntil(until: number, now: number): void {
    if (this.type === 'open') this.until = Math.max(this.until, until)
    else if (this.type !== 'isolated' && until > now) this.open(now, until - now)
  }

  closedElsewhere(): void {
    if (this.type === 'open') this.#become('half-open')
  }

  isolate(): void {
    if (this.type === 'isolated') return
    this.openings = 0
    this.#become('isolated')
  }

  reset(): void {
    this.#close(-Infinity, 0)
  }

  reconfigure(options: CircuitOptions): void {
    const { windowMs, windowSlices } = this.options
    if (options.windowMs !== windowMs || options.windowSlices !== windowSlices) this.ended = []
    this.options = options
  }

  /** How much all calls of the window count. */
  calls(now: number): number {
    return this.#weightOf(now, 'failure', 'success', 'quick', 'slow')
  }

  #liveTests(now: number): number {
    return [...this.tests.values()].filter((expiresAt) => expiresAt > now).length
  }

  #close(at: number, openings: number): void {
    this.openings = openings
    this.closedAt = at
    this.rampUpMs = this.options.rampUpMs
    this.shares = this.passed = this.row = 0
    this.lastFailureAt = -Infinity
    this.#become('closed')
  }

  #become(type: CircuitState['type']): void {
    this.type = type
    this.generation++
    this.tests.clear()
    this.ended = []
  }

  #weightOf(now: number, ...endings: readonly Ending[]): number {
    const sliceMs = this.options.windowMs / this.options.windowSlices
    const sliceOf = (at: number): number => Math.floor(at / sliceMs)
    const inWindow = this.ended.filter(({ at }) => sliceOf(now) - sliceOf(at) < this.options.windowSlices)
    return inWindow.reduce((sum, { ending, weight }) => {
      if (!endings.includes(ending)) return sum
      return sum + (ending === 'failure' ? weight : 1)
    }, 0)
  }

  #fails(now: number): boolean {
    const { consecutiveFailures, minimumCalls, failureRate } = this.options
    const calls = this.calls(now)
    const tooMany = calls >= minimumCalls && this.#weightOf(now, 'failure') / calls >= failureRate
    return this.row >= consecutiveFailures || tooMany
  }

  #drags(now: number): boolean {
    const measured = this.#weightOf(now, 'quick', 'slow')
    return measured >= this.options.minimumCalls && this.#weightOf(now, 'slow') / measured >= this.options.slowCallRate
  }
}
