import type { Random } from '../runtime/random.ts'

// 2 ** 1023 is the largest power there is; beyond it, a base of 0 would turn to NaN.
const mostDoublings = 1023

/** How waits between attempts grow. */
export interface Backoff {
  /** Longest first wait, in milliseconds. */
  readonly baseMs: number
  /** Longest wait of all, in milliseconds. */
  readonly capMs: number
}

/**
 * A wait drawn evenly from 0 to `min(capMs, baseMs * 2^retry)` ("full jitter"), so that callers who failed together do
 * not come back together.
 *
 * @param retry 0 for the first retry
 */
export function fullJitter(backoff: Backoff, retry: number, random: Random): number {
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(Math.max(0, retry), mostDoublings))
  return random() * ceiling
}
