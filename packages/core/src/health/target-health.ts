import type { Clock } from '../provider/call-options.ts'

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
  /** Moving average of the time for one token of an answer, in milliseconds; absent while it is not known. */
  readonly perTokenMs?: number
}

// Many old errors must not take as many successes to forget.
const mostRecentErrors = 10

/** So long after the last error one of them is forgotten, and then one more each time. */
const errorFadesMs = 60_000

/** How fast a peak falls back to the average: by a factor e in this time. Finagle's peak EWMA does so in 10 s. */
const peakDecayMs = 10_000

/** Measures one target: counts, moving averages, calls in flight. Errors fade with successes and with time. */
export class TargetHealth {
  #options: HealthOptions
  readonly #clock: Pick<Clock, 'now'>
  #recentErrors = 0
  #lastErrorAt = 0
  #successes = 0
  #failures = 0
  #inFlight = 0
  #failureRate = 0
  #firstContentMs: number | undefined
  #perTokenMs: number | undefined
  #peakMs = 0
  #peakAt = -Infinity

  constructor(options: HealthOptions, clock: Pick<Clock, 'now'>) {
    this.#options = options
    this.#clock = clock
  }

  /** Goes on by other options, with all that was measured. */
  reconfigure(options: HealthOptions): void {
    this.#options = options
  }

  started(): void {
    this.#inFlight++
  }

  /** A call ended, in whatever way; goes with each `started`. */
  ended(): void {
    this.#inFlight--
  }

  /** @param firstContentMs from the start of the call to its first content, or to its answer where it was not streamed */
  success(firstContentMs: number, now: number): void {
    this.#successes++
    if (this.#recentErrors > 0) this.#recentErrors = Math.max(0, this.#recentErrors - 1)
    if (this.#failureRate > 0) this.#failureRate -= this.#options.averageWeight * this.#failureRate
    const average = this.#firstContentMs ?? firstContentMs
    this.#firstContentMs = average + this.#options.averageWeight * (firstContentMs - average)
    // Within a second a peak has hardly fallen.
    if (firstContentMs < this.#peakMs && now - this.#peakAt < 1000) return
    this.#peakMs = Math.max(firstContentMs, this.peakFirstContentMs(now) ?? 0)
    this.#peakAt = now
  }

  /** @param tokens how many an answer had after its first content, for which it took `durationMs` */
  generated(tokens: number, durationMs: number): void {
    if (tokens < 1) return
    const average = this.#perTokenMs ?? durationMs / tokens
    this.#perTokenMs = average + this.#options.averageWeight * (durationMs / tokens - average)
  }

  failure(weight: number): void {
    this.#failures++
    this.#recentErrors = Math.min(mostRecentErrors, this.#errors() + weight)
    this.#lastErrorAt = this.#clock.now()
    this.#failureRate += this.#options.averageWeight * weight * (1 - this.#failureRate)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get failureRate(): number {
    return this.#failureRate
  }

  get firstContentMs(): number | undefined {
    return this.#firstContentMs
  }

  get perTokenMs(): number | undefined {
    return this.#perTokenMs
  }

  peakFirstContentMs(now: number): number | undefined {
    const average = this.#firstContentMs
    if (average === undefined) return undefined
    const fallen = average + (this.#peakMs - average) * Math.exp((this.#peakAt - now) / peakDecayMs)
    return Math.max(average, fallen)
  }

  get status(): HealthStatus {
    const errors = this.#errors()
    if (errors >= this.#options.unhealthyErrors) return 'unhealthy'
    return errors >= this.#options.degradedErrors ? 'degraded' : 'healthy'
  }

  /** They fade with time too, or one that nobody calls would never be called again. */
  #errors(): number {
    if (this.#recentErrors === 0) return 0
    return Math.max(0, this.#recentErrors - (this.#clock.now() - this.#lastErrorAt) / errorFadesMs)
  }

  report(): HealthReport {
    return {
      status: this.status,
      inFlight: this.#inFlight,
      successes: this.#successes,
      failures: this.#failures,
      ...(this.#firstContentMs === undefined ? {} : { firstContentMs: this.#firstContentMs }),
      ...(this.#perTokenMs === undefined ? {} : { perTokenMs: this.#perTokenMs }),
    }
  }
}
