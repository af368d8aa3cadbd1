/**
 * Tokens of one call in disjoint buckets: each token is counted in exactly one of them, so that a price can be put on
 * each and the sum is the total.
 */
export interface Usage {
  /** Prompt tokens that were neither read from nor written to a cache. */
  readonly uncachedInputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  /** Generated tokens other than reasoning: text and tool calls. */
  readonly outputTextTokens: number
  /** 0 where the service does not tell reasoning apart; it is then within `outputTextTokens`. */
  readonly reasoningTokens: number
  /** What the service itself says the call cost, in US dollars; absent where it does not say. */
  readonly costUsd?: number
}
