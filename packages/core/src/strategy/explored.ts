import type { Random } from '../runtime/random.ts'
import type { Candidate } from './strategy.ts'

/**
 * In a `share` of requests any candidate at all, else undefined. What is never called is never measured again, so that
 * a verdict on it would stand for ever.
 */
export function drawExplored<C extends Candidate>(
  candidates: readonly C[],
  share: number,
  random: Random,
): C | undefined {
  const draw = random() / share
  const drawn = draw < 1 ? candidates[Math.floor(draw * candidates.length)] : undefined
  return drawn !== undefined && drawn.weight > 0 ? drawn : undefined
}

/** As ranked, but in a `share` of requests any candidate at all comes first. */
export function* withExploration<C extends Candidate>(
  candidates: readonly C[],
  ranked: Iterable<C>,
  share: number,
  random: Random,
): Generator<C, void, undefined> {
  const first = drawExplored(candidates, share, random)
  if (first !== undefined) yield first
  for (const candidate of ranked) if (candidate !== first) yield candidate
}
