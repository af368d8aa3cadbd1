import type { StrategyContext } from '../strategy/strategy.ts'
import type { Stage } from './route.ts'
import type { Run } from './run.ts'

/** What the strategy of a stage may look at for this request. */
export function strategyContext(run: Run, stage: Stage, now: number): StrategyContext {
  return {
    route: run.route.name,
    stage: stage.name,
    request: run.request,
    now,
    random: run.context.random,
    estimateTokens: () => run.inputTokens,
  }
}
