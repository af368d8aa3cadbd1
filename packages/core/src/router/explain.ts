import { findRefusal, findShut, isCapable } from '../engine/admit.ts'
import type { Stage } from '../engine/route.ts'
import type { Run } from '../engine/run.ts'
import type { Target } from '../engine/target.ts'
import type { Exclusion } from '../provider/ledger.ts'
import type { StrategyContext } from '../strategy/strategy.ts'

/** What is to be said of a target. */
export interface TargetExplanation {
  readonly target: string
  /** `first` would be called; `later` would be called if those before it failed; `excluded` would not be called now. */
  readonly verdict: 'first' | 'later' | 'excluded'
  /** Why it is excluded. */
  readonly reason?: Exclusion['reason']
  readonly detail?: string
  readonly readyInMs?: number
  /** What the strategy has to say of its place. */
  readonly remark?: string
  /** Where the target is a route. */
  readonly route?: Explanation
}

export interface StageExplanation {
  readonly stage: string
  readonly strategy: string
  /** Those that could serve in the strategy's order, then those that are excluded. */
  readonly targets: readonly TargetExplanation[]
}

/** What a router would do with a request now. A strategy that draws at random may draw otherwise the next time. */
export interface Explanation {
  readonly route: string
  /** Tokens of the prompt, roughly. */
  readonly estimatedInputTokens: number
  readonly stages: readonly StageExplanation[]
}

/** Whom the run would call, and why not the others. Nothing is sent, counted or changed. */
export function explain(run: Run, explainRoute: (name: string) => Explanation): Explanation {
  const now = run.now()
  let isFirst = true
  const stages = run.route.stages.map((stage): StageExplanation => {
    const excluded: TargetExplanation[] = stage.unusable.map(({ target, reason }) => ({
      target,
      verdict: 'excluded',
      reason: 'unavailable',
      detail: reason,
    }))
    const order: TargetExplanation[] = []
    const context: StrategyContext = {
      route: run.route.name,
      stage: stage.name,
      request: run.request,
      now,
      random: run.context.random,
      estimateTokens: () => run.inputTokens,
    }
    for (const target of inOrder(stage, run, context)) {
      const refusal = refusalOf(run, target, now)
      const inner = target.isRoute ? { route: explainRoute(target.model) } : {}
      const remark = stage.strategy.remark?.(target, context)
      const common = { target: target.target, ...(remark === undefined ? {} : { remark }), ...inner }
      if (refusal) excluded.push({ ...common, verdict: 'excluded', ...refusal })
      else order.push({ ...common, verdict: isFirst ? 'first' : 'later' })
      isFirst &&= refusal !== undefined
    }
    return { stage: stage.name, strategy: stage.strategy.name, targets: [...order, ...excluded] }
  })
  return { route: run.route.name, estimatedInputTokens: run.inputTokens, stages }
}

/** All targets: those that the strategy ranks, then the others. */
function inOrder({ strategy, targets }: Stage, run: Run, context: StrategyContext): readonly Target[] {
  const capable = targets.filter((target) => refusalOf(run, target, context.now)?.reason !== 'not-capable')
  const candidates = capable.length === targets.length ? targets : capable
  const ranked = [...strategy.order(candidates, context)]
  return [...ranked, ...targets.filter((target) => !ranked.includes(target))]
}

function refusalOf(
  run: Run,
  target: Target,
  now: number,
): Pick<Exclusion, 'reason' | 'detail' | 'readyInMs'> | undefined {
  if (isCapable(run, target, now)) {
    const refusal = findRefusal(run, target, now) ?? findShut(target, now)
    if (refusal === undefined) return undefined
    run.refuse(target, now, refusal)
  }
  const exclusion = run.exclusions.at(-1) as Exclusion
  const { reason, detail, readyInMs } = exclusion
  return { reason, detail, ...(readyInMs === undefined ? {} : { readyInMs }) }
}
