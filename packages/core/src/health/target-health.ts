/** A verdict on a target, from how its latest calls went. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** When errors make a target degraded and unhealthy, and how fast averages follow. */
export interface HealthOptions {
  readonly degradedErrors: number
  readonly unhealthyErrors: number
  /** Weight of the newest sample in a moving average, 0 to 1. */
  readonly averageWeight: number
}

/** What is known of a target, as data. */
export interface HealthReport {
  readonly status: HealthStatus
  readonly inFlight: number
  readonly successes: number
  readonly failures: number
  /** Moving average of the time to the first content, in milliseconds; absent before the first success. */
  readonly firstContentMs?: number
}

// Many old errors must not take as many successes to forget.
const mostRecentErrors = 10

/** Measures one target: counts, moving averages, calls in flight. Errors fade with successes. */
export class TargetHealth {
  readonly #options: HealthOptions
  #recentErrors = 0
  #successes = 0
  #failures = 0
  #inFlight = 0
  #firstContentMs: number | undefined

  constructor(options: HealthOptions) {
    this.#options = options
  }

  started(): void {
    this.#inFlight++
  }

  /** A call ended, in whatever way; goes with each `started`. */
  ended(): void {
    this.#inFlight--
  }

  success(firstContentMs: number): void {
    this.#successes++
    this.#recentErrors = Math.max(0, this.#recentErrors - 1)
    const average = this.#firstContentMs ?? firstContentMs
    this.#firstContentMs = average + this.#options.averageWeight * (firstContentMs - average)
  }

  failure(weight: number): void {
    this.#failures++
    this.#recentErrors = Math.min(mostRecentErrors, this.#recentErrors + weight)
  }

  get status(): HealthStatus {
    if (this.#recentErrors >= this.#options.unhealthyErrors) return 'unhealthy'
    return this.#recentErrors >= this.#options.degradedErrors ? 'degraded' : 'healthy'
  }

  report(): HealthReport {
    return {
      status: this.status,
      inFlight: this.#inFlight,
      successes: this.#successes,
      failures: this.#failures,
      ...(this.#firstContentMs === undefined ? {} : { firstContentMs: this.#firstContentMs }),
    }
  }
}
