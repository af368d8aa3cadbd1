import type { HealthStatus } from '../health/target-health.ts'
import { strategyDefaults } from './defaults.ts'
import { withExploration } from './explored.ts'
import { rankedBy } from './ranked.ts'
import type { Strategy } from './strategy.ts'

export interface ExplorationOptions {
  /** Share of requests that go to any target at all, 0 to 1. @default 0.03 */
  readonly explore?: number
}

/** Worse statuses have higher ranks. */
export const statusRanks: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unhealthy: 2 }

/**
 * The first healthy target of the stage, then the other healthy ones in order: a call that failed long ago is no reason
 * to leave the first. Then degraded ones and then unhealthy ones, each by how often they fail.
 */
export function createHealthiest({ explore = strategyDefaults.explore }: ExplorationOptions = {}): Strategy {
  return {
    name: 'healthiest',
    order(candidates, { random }) {
      // A rate is at most 1: with half of it no degraded target comes behind an unhealthy one.
      const ranked = rankedBy(candidates, ({ health: { status, failureRate } }) =>
        status === 'healthy' ? 0 : statusRanks[status] + failureRate / 2,
      )
      return withExploration(candidates, ranked, explore, random)
    },
  }
}
