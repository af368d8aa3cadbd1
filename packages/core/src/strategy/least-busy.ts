import { strategyDefaults } from './defaults.ts'
import { withExploration } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { startingWith } from './ranked.ts'
import type { Candidate, Strategy, StrategyContext } from './strategy.ts'

const loadOf = ({ health, weight }: Candidate): number =>
  weight > 0 && health.status !== 'unhealthy' ? health.inFlight / weight : Infinity

/**
 * The fewest calls under way for its weight; among those that are level, one at random. Unhealthy ones come last: one
 * that fails at once is never busy, and would draw all traffic.
 */
export function createLeastBusy({ explore = strategyDefaults.explore }: ExplorationOptions = {}): Strategy {
  return {
    name: 'least-busy',
    order<C extends Candidate>(candidates: readonly C[], { random }: StrategyContext) {
      let first: C | undefined
      let least = Infinity
      let level = 0
      for (const candidate of candidates) {
        const load = loadOf(candidate)
        if (load > least) continue
        level = load < least ? 1 : level + 1
        least = load
        // The second of a level is taken half of the time, the third a third of it: each as likely as any other.
        if (random() * level < 1) first = candidate
      }
      return withExploration(candidates, startingWith(first, candidates, loadOf), explore, random)
    },
  }
}
