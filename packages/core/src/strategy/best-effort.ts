import { strategyDefaults } from './defaults.ts'
import { expectedMs } from './expected-ms.ts'
import { withExploration } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { rankedBy } from './ranked.ts'
import type { Strategy } from './strategy.ts'

/** Targets whose failure rates differ by less than this fail equally often. */
const rateStep = 0.1

// Longer than any time that is expected of anybody.
const longestMs = 1e15

/**
 * Whoever is likeliest to answer now, whatever its place in the stage: by how often they failed lately, in steps of ten
 * in a hundred, and then by the time it would take as busy as they are.
 */
export function createBestEffort({ explore = strategyDefaults.explore }: ExplorationOptions = {}): Strategy {
  return {
    name: 'best-effort',
    order(candidates, { random, now }) {
      const ranked = rankedBy(candidates, ({ health }) => {
        const time = expectedMs(health, health.peakFirstContentMs(now)) * (health.inFlight + 1)
        return Math.floor(health.failureRate / rateStep) * longestMs + time
      })
      return withExploration(candidates, ranked, explore, random)
    },
  }
}
