import { strategyDefaults } from './defaults.ts'
import { expectedMs } from './expected-ms.ts'
import { withExploration } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { startingWith } from './ranked.ts'
import { shuffled } from './shuffled.ts'
import type { Candidate, Strategy } from './strategy.ts'

export interface LatencyOptions extends ExplorationOptions {
  /** Targets slower than the fastest by no more than this share are drawn from at random. @default 0.1 */
  readonly withinRatio?: number
}

const timeOf = ({ health }: Candidate): number => expectedMs(health, health.firstContentMs)

/** The shortest time to the first content on average; those as good as the fastest share the traffic. */
export function createLatency({
  withinRatio = strategyDefaults.withinRatio,
  explore = strategyDefaults.explore,
}: LatencyOptions = {}): Strategy {
  return {
    name: 'latency',
    order(candidates, { random }) {
      const limit = candidates.reduce((least, candidate) => Math.min(least, timeOf(candidate)), Infinity)
      const near = candidates.filter((candidate) => timeOf(candidate) <= limit * (1 + withinRatio))
      const [first] = shuffled(near, random)
      const isNear = new Set(near)
      const ranked = startingWith(first, candidates, (candidate) => (isNear.has(candidate) ? 0 : timeOf(candidate)))
      return withExploration(candidates, ranked, explore, random)
    },
  }
}
