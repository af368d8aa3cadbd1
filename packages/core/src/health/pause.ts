// 2 ** 1023 is the largest power there is; beyond it, a pause of 0 would turn to NaN.
const mostDoublings = 1023

/** How long someone is left alone who gives no time of their own. */
export interface PauseOptions {
  readonly firstMs: number
  /** Each further failure doubles the pause, up to this. */
  readonly maxMs: number
}

/**
 * A time during which a target or a provider's account is left alone. The later of two ends counts: a short
 * Retry-After never cuts a long one.
 */
export class Pause {
  #until = 0
  #reason = ''
  #escalations = 0

  /** When it ends; a time in the past when there is none. */
  get until(): number {
    return this.#until
  }

  /** The kind of failure behind it. */
  get reason(): string {
    return this.#reason
  }

  extend(until: number, reason: string): void {
    if (until <= this.#until) return
    this.#until = until
    this.#reason = reason
  }

  /** Doubles with each failure since the last success. */
  escalate(options: PauseOptions, now: number, reason: string, atLeastMs = 0): void {
    // Answers to calls that were under way together are one failure, not many.
    if (now >= this.#until) this.#escalations++
    const doublings = Math.min(Math.max(0, this.#escalations - 1), mostDoublings)
    const escalatedMs = Math.min(options.maxMs, options.firstMs * 2 ** doublings)
    this.extend(now + Math.max(escalatedMs, atLeastMs), reason)
  }

  /** A call went well: the next pause is a first one again. One that still runs is kept, for the call may be older. */
  recovered(): void {
    this.#escalations = 0
  }
}
