import type { Candidate } from './strategy.ts'

// A few calls more or less tell nothing of how busy a target is.
const slack = 2

/** Calls under way for its share of the weights, times how much slower than usual it is. */
function loadOf({ health, weight }: Candidate, meanWeight: number, now: number): number {
  if (health.status === 'unhealthy') return Infinity
  const slowdown = (health.peakFirstContentMs(now) ?? 0) / (health.firstContentMs ?? 1)
  return (slack + (health.inFlight * meanWeight) / weight) * (slowdown > 1 ? slowdown : 1)
}

/** Those that have room for more: healthy enough, and at most `margin` times as busy as the others on average. */
export function spareOf<C extends Candidate>(candidates: readonly C[], margin: number, now: number): C[] {
  const meanWeight = candidates.reduce((sum, { weight }) => sum + weight, 0) / candidates.length
  const loads = candidates.map((candidate) => loadOf(candidate, meanWeight, now))
  const known = loads.filter((load) => load < Infinity)
  const total = known.reduce((sum, load) => sum + load, 0)
  const isSpare = (load: number): boolean => load * (known.length - 1) <= margin * (total - load)
  return candidates.filter((_, index) => (loads[index] as number) < Infinity && isSpare(loads[index] as number))
}
