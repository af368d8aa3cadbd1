/** What a service tells of one of its limits, in the headers of an answer. */
export interface RateLimit {
  /** What is counted: `tokens` are those of prompt and answer together. */
  readonly counts: 'requests' | 'tokens' | 'input-tokens' | 'output-tokens'
  /** How many the limit allows in its window. */
  readonly limit?: number
  /** How many of them are left. */
  readonly remaining: number
  /** Milliseconds until all of them are there again. */
  readonly resetsInMs?: number
}
