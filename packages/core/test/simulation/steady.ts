import type { StrategyName } from '../../src/strategy/strategy-options.ts'
import type { TargetModel } from './behaviour.ts'
import type { Configuration, RouteScenario } from './configuration.ts'
import type { Draw } from './draw.ts'

/** Strategies that let nobody starve. */
const strategies: readonly StrategyName[] = [
  'weighted',
  'weighted-random',
  'round-robin',
  'random',
  'sticky',
  'least-busy',
  'peak-ewma',
  'latency',
  'healthiest',
  'best-effort',
  'score',
]

/** Routes for a few such strategies, over all targets, each with a weight: few, so that each has many requests. */
export function drawSteadyConfiguration(draw: Draw, targets: readonly TargetModel[], most: number): Configuration {
  const routes: Record<string, RouteScenario> = {}
  for (const strategy of draw.shuffle(strategies).slice(0, most)) {
    routes[strategy] = {
      stages: [
        { strategy, targets: targets.map(({ target: model }) => ({ model, weight: draw.pick([0.5, 1, 2, 3, 7]) })) },
      ],
      deadlineMs: 60_000,
      maxAttempts: 6,
    }
  }
  return { routes, limits: new Map(), pools: new Map() }
}
