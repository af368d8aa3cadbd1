import { doubled } from '../backoff/doubled.ts'
import type { FailureKind } from '../errors/failure-kind.ts'

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
  #reason: FailureKind = 'unknown'
  #escalations = 0

  /** When it ends; a time in the past when there is none. */
  get until(): number {
    return this.#until
  }

  /** The kind of failure behind it. */
  get reason(): FailureKind {
    return this.#reason
  }

  extend(until: number, reason: FailureKind): void {
    if (until <= this.#until) return
    this.#until = until
    this.#reason = reason
  }

  /** Doubles with each failure since the last success. */
  escalate(options: PauseOptions, now: number, reason: FailureKind, atLeastMs = 0): void {
    // Answers to calls that were under way together are one failure, not many.
    if (now >= this.#until) this.#escalations++
    const escalatedMs = doubled(options.firstMs, this.#escalations - 1, options.maxMs)
    this.extend(now + Math.max(escalatedMs, atLeastMs), reason)
  }

  /** Ends it; the next one is longer all the same. */
  end(): void {
    this.#until = 0
  }

  /** Ends it, as if it had never been. */
  lift(): void {
    this.#until = 0
    this.#escalations = 0
  }

  /** A call went well: the next pause is a first one again. One that still runs is kept, for the call may be older. */
  recovered(): void {
    this.#escalations = 0
  }
}
