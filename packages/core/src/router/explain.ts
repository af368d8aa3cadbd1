import { findRefusal, findShut, findUnmet } from '../engine/admit.ts'
import { toReason } from '../engine/refusal.ts'
import type { Stage } from '../engine/route.ts'
import type { Run } from '../engine/run.ts'
import { strategyContext } from '../engine/strategy-context.ts'
import type { Target } from '../engine/target.ts'
import type { Exclusion } from '../provider/ledger.ts'
import type { StrategyContext } from '../strategy/strategy.ts'

/** What is to be said of a target. */
export interface TargetExplanation {
  readonly target: string
  /**
   * `first` would be called; `later` would be called if those before it failed; `excluded` would not be called now;
   * `forced` would be called although its circuit is open, since nobody else is left.
   */
  readonly verdict: 'first' | 'later' | 'excluded' | 'forced'
  /** Why it is excluded. */
  readonly reason?: Exclusion['reason']
  readonly detail?: string
  readonly readyInMs?: number
  /** What the strategy has to say of its place. */
  readonly remark?: string
  /** Its keys, where its provider has a pool of them, and what keeps each from being used. */
  readonly keys?: readonly KeyExplanation[]
  /** Where the target is a route. */
  readonly route?: Explanation
}

/** What is to be said of a target by one key; nothing more where it can be used. */
export interface KeyExplanation extends Pick<TargetExplanation, 'reason' | 'detail' | 'readyInMs'> {
  /** Its fingerprint. */
  readonly key: string
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

/**
 * Whom the run would call, and why not the others. Nothing is sent, counted or changed.
 *
 * @param explainRoute what a target would do that is a route; undefined for one that is none
 */
export function explain(run: Run, explainRoute: (target: Target) => Explanation | undefined): Explanation {
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
    const context = strategyContext(run, stage, now)
    const candidates = stage.targets.filter((target) => findUnmet(run, target) === undefined)
    const ranked = rank(stage, candidates.length === stage.targets.length ? stage.targets : candidates, context)
    for (const target of new Set([...ranked, ...stage.targets])) {
      const found = findUnmet(run, target) ?? findRefusal(run, target, now) ?? findShut(target, now)
      const isLeftOut = !ranked.includes(target) && candidates.includes(target)
      const refusal = isLeftOut ? { detail: 'its strategy leaves it out' } : found && toReason(found, now)
      const route = explainRoute(target)
      const remark = remarkOn(target, stage, context)
      const keys = target.byKey?.map((own) => explainKey(run, own, now))
      const common = {
        target: target.target,
        ...(remark && { remark }),
        ...(keys && { keys }),
        ...(route && { route }),
      }
      if (refusal) excluded.push({ ...common, verdict: 'excluded', ...refusal })
      else order.push({ ...common, verdict: isFirst ? 'first' : 'later' })
      isFirst &&= refusal !== undefined
    }
    return { stage: stage.name, strategy: stage.strategy.name, targets: [...order, ...excluded] }
  })
  return { route: run.route.name, estimatedInputTokens: run.inputTokens, stages: isFirst ? withForced(stages) : stages }
}

function explainKey(run: Run, target: Target, now: number): KeyExplanation {
  const refusal = findRefusal(run, target, now)
  return { key: target.key ?? '', ...(refusal && toReason(refusal, now)) }
}

/** With nobody to call, the one whose circuit lets calls through first is called all the same. */
function withForced(stages: readonly StageExplanation[]): readonly StageExplanation[] {
  const shut = stages.flatMap(({ targets }) => targets).filter(({ reason }) => reason === 'circuit-open')
  const [forced] = shut.sort((a, b) => (a.readyInMs ?? 0) - (b.readyInMs ?? 0))
  const mark = (target: TargetExplanation): TargetExplanation =>
    target === forced ? { ...target, verdict: 'forced' } : target
  return stages.map((stage) => ({ ...stage, targets: stage.targets.map(mark) }))
}

/** As a request would have them ordered. */
function rank({ strategy }: Stage, candidates: readonly Target[], context: StrategyContext): readonly Target[] {
  if (candidates.length < 2) return candidates
  const ranked: Target[] = []
  try {
    for (const target of strategy.order(candidates, context)) ranked.push(target)
    return ranked
  } catch {
    return [...new Set([...ranked, ...candidates])]
  }
}

function remarkOn(target: Target, { strategy }: Stage, context: StrategyContext): string | undefined {
  try {
    return strategy.remark?.(target, context)
  } catch {
    return undefined
  }
}
