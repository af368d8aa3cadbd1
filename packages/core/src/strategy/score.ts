import type { CostOptions } from './cost.ts'
import { strategyDefaults } from './defaults.ts'
import { expectedCost, remarkOnPrice } from './expected-cost.ts'
import { expectedMs } from './expected-ms.ts'
import { withExploration } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { statusRanks } from './healthiest.ts'
import { rankedBy } from './ranked.ts'
import type { Candidate, Strategy } from './strategy.ts'

/** How much each measure counts beside the others; 0 for not at all. */
export interface ScoreOptions extends CostOptions, ExplorationOptions {
  /** What the request would cost. @default 1 */
  readonly cost?: number
  /** The time to the first content. @default 1 */
  readonly latency?: number
  /** How often it fails, and its status. @default 1 */
  readonly health?: number
}

/** To 0 for nothing and 1 for the most that anybody has; more than that, or not known, is 1 too. */
const toShare = (value: number, most: number): number => (value === 0 ? 0 : Math.min(1, value / most))

/** The best sum of cost, latency and health, each from 0 to 1; a cost that is not known counts as the highest. */
export function createScore({
  cost = 1,
  latency = 1,
  health: healthWeight = 1,
  answerTokens = strategyDefaults.answerTokens,
  explore = strategyDefaults.explore,
}: ScoreOptions = {}): Strategy {
  return {
    name: 'score',
    order(candidates, context) {
      const costOf = (candidate: Candidate): number | undefined => expectedCost(candidate, context, answerTokens)
      let mostCost = 0
      let mostMs = 0
      for (const candidate of candidates) {
        mostCost = Math.max(mostCost, costOf(candidate) ?? 0)
        mostMs = Math.max(mostMs, candidate.health.firstContentMs ?? 0)
      }
      const ranked = rankedBy(candidates, (candidate) => {
        const { health } = candidate
        const time = expectedMs(health, health.firstContentMs)
        const badness = Math.max(health.failureRate, statusRanks[health.status] / 2)
        const price = toShare(costOf(candidate) ?? Infinity, mostCost)
        return cost * price + latency * toShare(time, mostMs) + healthWeight * badness
      })
      return withExploration(candidates, ranked, explore, context.random)
    },
    remark: remarkOnPrice,
  }
}
