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
import type { StrategyName, StrategyOptions, StrategyOptionsByName } from './strategy-options.ts'
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

/** A strategy of the house, for one stage: what it keeps in mind is not to be shared with another. */
export function createStrategy(config: StrategyName | StrategyOptions): Strategy {
  const { name, ...options } = typeof config === 'string' ? { name: config } : config
  return factories[name](options)
}
