import { strategyDefaults } from './defaults.ts'
import { withExploration } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { rankedBy } from './ranked.ts'
import { shuffled } from './shuffled.ts'
import type { Strategy } from './strategy.ts'

/**
 * The fewest calls under way for its weight; those that are level are drawn from at random. Unhealthy ones come last:
 * one that fails at once is never busy, and would draw all traffic.
 */
export function createLeastBusy({ explore = strategyDefaults.explore }: ExplorationOptions = {}): Strategy {
  return {
    name: 'least-busy',
    order(candidates, { random }) {
      const ranked = rankedBy([...shuffled(candidates, random)], ({ health, weight }) =>
        weight > 0 && health.status !== 'unhealthy' ? health.inFlight / weight : Infinity,
      )
      return withExploration(candidates, ranked, explore, random)
    },
  }
}
