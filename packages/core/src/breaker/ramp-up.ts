// Shares are counted in tenths: sums of whole numbers are exact.
const whole = 10
const firstShare = 1

/**
 * The share of calls that are let through while it runs: a tenth at its start, growing evenly, all at its end. Each call
 * that asks earns the share of its moment, and each that is let through spends a whole one. So calls pass at even
 * distances, without a draw, and never more of them than the shares add up to.
 */
export class RampUp {
  /** When every call is let through again. */
  endsAt: number = -Infinity
  #startedAt = -Infinity
  #durationMs = 0
  #earned = 0

  /** Starts at `now`, with nothing earned yet; one of no duration is over at once. */
  start(now: number, durationMs: number): void {
    this.#startedAt = now
    this.#durationMs = durationMs
    this.endsAt = now + durationMs
    this.#earned = 0
  }

  /** When a call is let through, as long as no other one asks before it; a moment that has passed for at once. */
  readyAt(): number {
    return this.#startedAt + (this.#durationMs * (whole - firstShare - this.#earned)) / (whole - firstShare)
  }

  /** Whether this call is let through. */
  admit(now: number): boolean {
    const passes = this.readyAt() <= now
    this.#earned += firstShare + ((whole - firstShare) * (now - this.#startedAt)) / this.#durationMs
    if (passes) this.#earned -= whole
    return passes
  }
}
