// Which strategy covers which way of choosing:
//
// | asked for            | strategy                    | asked for                   | strategy          |
// |----------------------|-----------------------------|-----------------------------|-------------------|
// | sequential           | priority                    | round robin                 | round-robin       |
// | priority-based       | priority                    | weighted round robin        | weighted          |
// | failover-only        | failover                    | random                      | random            |
// | first-healthy        | healthiest                  | weighted random             | weighted-random   |
// | best-effort          | best-effort                 | least busy                  | least-busy        |
// | capability-based     | capability                  | lowest latency              | latency           |
// | cost-optimised       | cost                        | two choices with peak EWMA  | peak-ewma         |
// | speed-optimised      | latency, peak-ewma          | consistent hashing          | sticky            |
// | cost against speed   | score                       | anything else               | a function        |
import { createBestEffort } from './best-effort.ts'
import { capability } from './capability.ts'
import { checked, fromFunction } from './checked.ts'
import { createCost } from './cost.ts'
import { createFailover } from './failover.ts'
import { createHealthiest } from './healthiest.ts'
import { createLatency } from './latency.ts'
import { createLeastBusy } from './least-busy.ts'
import { createPeakEwma } from './peak-ewma.ts'
import { priority } from './priority.ts'
import { random } from './random.ts'
import { createRoundRobin } from './round-robin.ts'
import { createScore } from './score.ts'
import { createSticky } from './sticky.ts'
import type { Strategy } from './strategy.ts'
import type { StrategyConfig, StrategyName, StrategyOptionsByName } from './strategy-options.ts'
import { createWeightedRandom } from './weighted-random.ts'
import { createWeighted } from './weighted.ts'

const factories: { readonly [Name in StrategyName]: (options: StrategyOptionsByName[Name]) => Strategy } = {
  priority: () => priority,
  failover: createFailover,
  healthiest: createHealthiest,
  'best-effort': createBestEffort,
  capability: () => capability,
  cost: createCost,
  latency: createLatency,
  'peak-ewma': createPeakEwma,
  'least-busy': createLeastBusy,
  'round-robin': createRoundRobin,
  weighted: createWeighted,
  'weighted-random': createWeightedRandom,
  random: () => random,
  sticky: createSticky,
  score: createScore,
}

/** The strategy of one stage: what one of the house keeps in mind is not to be shared with another. */
export function createStrategy(config: StrategyConfig): Strategy {
  if (typeof config === 'function') return checked(fromFunction(config))
  if (typeof config === 'object' && 'order' in config) return checked(config)
  const { name, ...options } = typeof config === 'string' ? { name: config } : config
  return factories[name](options)
}
