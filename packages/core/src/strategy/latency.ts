import { strategyDefaults } from './defaults.ts'
import { expectedMs } from './expected-ms.ts'
import { withExploration } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { rankedBy } from './ranked.ts'
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
      const ranked = rankedBy(candidates, timeOf)
      const limit = ranked[0] === undefined ? 0 : timeOf(ranked[0]) * (1 + withinRatio)
      const slower = ranked.findIndex((candidate) => timeOf(candidate) > limit)
      const near = slower === -1 ? ranked.length : slower
      return withExploration([...shuffled(ranked.slice(0, near), random), ...ranked.slice(near)], explore, random)
    },
  }
}
