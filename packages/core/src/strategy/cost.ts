import { strategyDefaults } from './defaults.ts'
import { expectedCost, remarkOnPrice } from './expected-cost.ts'
import { rankedBy } from './ranked.ts'
import type { Strategy } from './strategy.ts'

export interface CostOptions {
  /** Tokens an answer is taken to have, unless the request allows fewer. @default 500 */
  readonly answerTokens?: number
}

/** The cheapest for this request. What has no known price is not free: it comes last. */
export function createCost({ answerTokens = strategyDefaults.answerTokens }: CostOptions = {}): Strategy {
  return {
    name: 'cost',
    order: (candidates, context) =>
      rankedBy(candidates, (candidate) => expectedCost(candidate, context, answerTokens) ?? Infinity),
    remark: remarkOnPrice,
  }
}
