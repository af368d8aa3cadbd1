import { SlicedWindow } from '../window/sliced-window.ts'

/** How many hedges a route may send beside its requests. */
export interface HedgeBudgetOptions {
  readonly windowMs: number
  readonly windowSlices: number
  /** Share of the window's requests that may be hedged, 0 to 1. */
  readonly maxShare: number
}

const requests = 0
const hedges = 1

/**
 * Keeps hedges a small share of a route's requests. There is none before a whole one is due, so that over all time too
 * they stay within the share.
 */
export class HedgeBudget {
  readonly #maxShare: number
  readonly #window: SlicedWindow

  constructor({ windowMs, windowSlices, maxShare }: HedgeBudgetOptions) {
    this.#maxShare = maxShare
    this.#window = new SlicedWindow(windowMs, windowSlices, 2)
  }

  /** A request began. */
  request(now: number): void {
    this.#window.add(requests, 1, now)
  }

  /** Takes one hedge out of the budget, if it is in there. */
  take(now: number): boolean {
    if (this.#window.sum(hedges, now) + 1 > this.#maxShare * this.#window.sum(requests, now)) return false
    this.#window.add(hedges, 1, now)
    return true
  }
}
