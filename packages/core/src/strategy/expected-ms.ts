import type { Measurements } from './strategy.ts'

// Longer than any call takes.
const unknownMs = 1e9

/** Nobody fails so often that nothing could be said of the time it takes. */
const leastChance = 0.05

/**
 * Milliseconds until a target answers, calls that fail included: one that fails half of the time takes twice as long.
 * A target that was never called is taken for the fastest, until one call to it is under way or failed: then for the
 * slowest, so that not everybody waits for it at once.
 *
 * @param measuredMs what its successes took
 */
export function expectedMs({ inFlight, status, failureRate }: Measurements, measuredMs: number | undefined): number {
  if (measuredMs === undefined) return unknownMs * (status === 'healthy' ? inFlight : inFlight + 1)
  return measuredMs / Math.max(leastChance, 1 - failureRate)
}
