import { startingWith } from './ranked.ts'
import type { Candidate, Strategy } from './strategy.ts'

/** For each candidate the weights up to and including its own. */
function sumsOf(candidates: readonly Candidate[]): number[] {
  let sum = 0
  return candidates.map(({ weight }) => (sum += weight))
}

/** Where the first sum above `drawn` is, which is never a candidate of weight 0. */
function findAbove(sums: readonly number[], drawn: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) > drawn) high = middle
    else low = middle + 1
  }
  return low
}

/** Drawn at random in proportion to weights, the later ones among what is left. */
export function createWeightedRandom(): Strategy {
  let all: readonly Candidate[] = []
  let sumsOfAll: number[] = []
  return {
    name: 'weighted-random',
    order(candidates, { random }) {
      if (candidates.length > all.length) {
        all = candidates
        sumsOfAll = sumsOf(candidates)
      }
      const sums = candidates === all ? sumsOfAll : sumsOf(candidates)
      const first = candidates[findAbove(sums, random() * (sums.at(-1) ?? 0))]
      // The order of exponential times, each at the rate of its weight, is that of draws without replacement.
      return startingWith(first, candidates, ({ weight }) => (weight > 0 ? -Math.log(1 - random()) / weight : Infinity))
    },
  }
}
