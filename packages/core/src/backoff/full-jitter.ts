import type { Random } from '../runtime/random.ts'
import { doubled } from './doubled.ts'

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
  return random() * doubled(backoff.baseMs, retry, backoff.capMs)
}
