import { SlicedWindow } from '../window/sliced-window.ts'

/** How many retries a target may get beside its requests. */
export interface RetryBudgetOptions {
  readonly windowMs: number
  readonly windowSlices: number
  /** Share of the window's requests that may be retries, 0 to 1. */
  readonly ratio: number
  /** Retries a second that are allowed whatever the traffic. */
  readonly minimumPerSecond: number
}

const requests = 0
const retries = 1

/**
 * Keeps retries a small share of a target's traffic, so that an outage is not multiplied by everyone trying again. A
 * failover to another target is not a retry and is never refused here.
 */
export class RetryBudget {
  #options: RetryBudgetOptions
  #window: SlicedWindow

  constructor(options: RetryBudgetOptions) {
    this.#options = options
    this.#window = new SlicedWindow(options.windowMs, options.windowSlices, 2)
  }

  /** Goes on by other options. What was counted is kept, unless the window has another shape. */
  reconfigure(options: RetryBudgetOptions): void {
    const { windowMs, windowSlices } = this.#options
    if (options.windowMs !== windowMs || options.windowSlices !== windowSlices) {
      this.#window = new SlicedWindow(options.windowMs, options.windowSlices, 2)
    }
    this.#options = options
  }

  /** A request made its first call to the target. */
  request(now: number): void {
    this.#window.add(requests, 1, now)
  }

  /** Whether there is a retry in the budget. */
  has(now: number): boolean {
    const { ratio, minimumPerSecond, windowMs } = this.#options
    const allowed = ratio * this.#window.sum(requests, now) + (minimumPerSecond * windowMs) / 1000
    return this.#window.sum(retries, now) + 1 <= allowed
  }

  /** Takes one retry out of the budget, if it is in there. */
  take(now: number): boolean {
    const has = this.has(now)
    if (has) this.#window.add(retries, 1, now)
    return has
  }
}
