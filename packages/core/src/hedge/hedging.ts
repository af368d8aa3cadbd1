import { HedgeBudget } from './hedge-budget.ts'
import { Quantile } from './quantile.ts'

/** When a second target is called beside one that is slow to show content. */
export interface HedgeOptions {
  /**
   * How long the first call has before the second is made, in milliseconds.
   *
   * @default the time to the first content that 95 % of calls do not exceed, once 20 of them are known
   */
  readonly afterMs?: number | undefined
  /**
   * Share of the route's requests that may be hedged, 0 to 1.
   *
   * @default 0.05
   */
  readonly maxShare?: number | undefined
}

/** The tail that is worth a second call, after Dean and Barroso, The Tail at Scale (2013). */
const hedgedQuantile = 0.95

/** Long, so that a route of two requests a minute comes to have a hedge. */
const budgetWindow = { windowMs: 600_000, windowSlices: 10 }

/** Says for a route when a second call is worth its price, and how many of them may be made. It calls nobody. */
export class Hedging {
  readonly #afterMs: number | undefined
  readonly #budget: HedgeBudget
  readonly #firstContent = new Quantile(hedgedQuantile)

  constructor({ afterMs, maxShare = 0.05 }: HedgeOptions = {}) {
    this.#afterMs = afterMs
    this.#budget = new HedgeBudget({ ...budgetWindow, maxShare })
  }

  /**
   * How long after the first call the second is due, in milliseconds; undefined where there is to be none, since too
   * little is known of how long first content takes.
   *
   * @param ofTarget that of the target called first, where it is measured; the route's serves until it can tell
   */
  delayMs(ofTarget?: Quantile): number | undefined {
    return this.#afterMs ?? ofTarget?.value ?? this.#firstContent.value
  }

  /** For each target that is called; see `observed`. */
  createQuantile(): Quantile {
    return new Quantile(hedgedQuantile)
  }

  /**
   * A call showed its first content after this time. One that was outraced counts with the time it had taken by then:
   * were the slow ones left out, they would be hedged sooner and sooner.
   */
  observed(firstContentMs: number, ofTarget?: Quantile): void {
    if (this.#afterMs !== undefined) return
    this.#firstContent.add(firstContentMs)
    ofTarget?.add(firstContentMs)
  }

  /** A request began. */
  request(now: number): void {
    this.#budget.request(now)
  }

  /** Takes leave to send a second call now. */
  take(now: number): boolean {
    return this.#budget.take(now)
  }
}
