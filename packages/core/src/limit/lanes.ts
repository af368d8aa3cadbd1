import type { RateLimit } from '../provider/rate-limit.ts'

/** What is counted apart, for limits that are set and for those that are learned. */
export const lanes: readonly RateLimit['counts'][] = ['requests', 'tokens', 'input-tokens', 'output-tokens']

/** How much of a lane one call takes. */
export function amountOf(lane: number, inputTokens: number, outputTokens: number): number {
  if (lane === 0) return 1
  if (lane === 1) return inputTokens + outputTokens
  return lane === 2 ? inputTokens : outputTokens
}

/** Why a target cannot take a call now. */
export interface Refusal {
  /** In words, such as `its limit of 500 requests a minute is used up`. */
  readonly what: string
  /** When it will take the call if no other comes; `Infinity` where that depends on calls in flight, or will never be. */
  readonly readyAt: number
  /** It depends on calls in flight. */
  readonly isFull?: true
}

/** Where a target stands with one of its limits. */
export interface LimitReport {
  /** `set` in the configuration, or `learned` from the answers of the service. */
  readonly source: 'set' | 'learned'
  readonly counts: RateLimit['counts'] | 'concurrency'
  /** Absent where the service did not tell. */
  readonly limit?: number
  /** Absent where the limit is. */
  readonly used?: number
  /** What is left now. */
  readonly remaining: number
}
