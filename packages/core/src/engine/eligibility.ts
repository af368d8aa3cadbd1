import { findForeignReasoning } from '../history/foreign.ts'
import { worstCaseCost } from '../price/worst-case-cost.ts'
import type { Capabilities, ParameterName, ParameterRange } from '../provider/capabilities.ts'
import type { AssistantPart, ToolResultPart, UserPart } from '../provider/part.ts'
import type { Parameters, ChatRequest } from '../provider/request.ts'
import { boundTokens } from '../tokens/estimate-tokens.ts'
import { parameterNames } from '../validation/check-parameter.ts'
import { applyOverrides } from './overrides.ts'
import type { Refusal } from './refusal.ts'
import type { RoutePolicy } from './route.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { anySpace } from './target.ts'

function outOfBounds(value: number, range: { readonly min?: number; readonly max?: number }): boolean {
  return value < (range.min ?? -Infinity) || value > (range.max ?? Infinity)
}

function describeBounds({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min === undefined) return `at most ${max}`
  return max === undefined ? `at least ${min}` : `${min} to ${max}`
}

/** What of a parameter's value lies outside its range, or undefined. The value is of the contract's type. */
function findExcess(name: ParameterName, value: unknown, range: ParameterRange): string | undefined {
  switch (range.type) {
    case 'number':
    case 'integer':
      return outOfBounds(value as number, range) ? `honours ${name} ${describeBounds(range)} only` : undefined
    case 'strings': {
      const { maxItems } = range
      const tooMany = maxItems !== undefined && (value as readonly string[]).length > maxItems
      return tooMany ? `honours at most ${maxItems} of ${name}` : undefined
    }
    case 'reasoning': {
      const { effort, budgetTokens } = value as NonNullable<Parameters['reasoning']>
      const efforts = range.efforts ?? (range.budgetTokens && [])
      if (effort !== undefined && efforts?.includes(effort) === false) {
        return `does not honour ${name}.effort '${effort}'`
      }
      if (budgetTokens === undefined) return undefined
      if (range.budgetTokens === undefined) return `does not honour ${name}.budgetTokens`
      const bounds = range.budgetTokens
      return outOfBounds(budgetTokens, bounds)
        ? `honours ${name}.budgetTokens ${describeBounds(bounds)} only`
        : undefined
    }
    default:
      return undefined
  }
}

/** Why a model does not honour a parameter as the request sets it, or undefined where it does. */
export function findUnmetParameter(
  name: ParameterName,
  request: ChatRequest,
  capabilities: Capabilities,
): string | undefined {
  const value = request[name]
  if (value === undefined) return undefined
  const range = capabilities.parameters[name]
  if (range === undefined) return `does not honour ${name}`
  const { maxOutputTokens = Infinity } = capabilities
  const excess = findExcess(name, value, range)
  if (excess !== undefined || name !== 'maxTokens' || Number(value) <= maxOutputTokens) return excess
  return `honours ${name} at most ${maxOutputTokens} only`
}

/** Whether there is a part of this type among them, or in what a tool answered. */
function holds(content: string | readonly (UserPart | AssistantPart | ToolResultPart)[], type: string): boolean {
  if (typeof content === 'string') return false
  return content.some((part) => part.type === type || (part.type === 'tool-result' && holds(part.content, type)))
}

/** The first thing in a request that a model cannot do, or undefined where it can do all. */
function findUnmetNeed(request: ChatRequest, capabilities: Capabilities, policy: RoutePolicy): string | undefined {
  const has = (type: string): boolean => request.messages.some(({ content }) => holds(content, type))
  if (!capabilities.tools && ((request.tools ?? []).length > 0 || has('tool-call') || has('tool-result'))) {
    return 'does not take tools'
  }
  const format = request.responseFormat?.type
  if (format !== undefined && format !== 'text' && !capabilities.responseFormats.includes(format)) {
    return `does not answer with response format '${format}'`
  }
  for (const type of ['image', 'file'] as const) {
    if (!capabilities.input.includes(type) && has(type)) return `does not take ${type} parts`
  }
  if (policy.parameters === 'drop') return undefined
  const unmet = parameterNames.flatMap((name) => findUnmetParameter(name, request, capabilities) ?? [])
  return unmet.length === 0 ? undefined : unmet.join(', ')
}

/** Why the target cannot serve the request at all. Parameters count only where the route requires them. */
export function findUnmet(run: Run, target: Target): Refusal | undefined {
  const { target: name, provider, model, vectorSpace } = target
  if (run.vectorSpace !== undefined) {
    const { loaded } = target.source
    if (loaded && !loaded.embeddings) return { reason: 'not-capable', detail: `${name} makes no embeddings` }
    if (vectorSpace === run.vectorSpace || run.vectorSpace === anySpace) return undefined
    const detail = `its vectors, of ${vectorSpace}, cannot be compared with those of ${run.vectorSpace}`
    return { reason: 'vector-space', detail }
  }
  const { policy } = run.route
  const request = applyOverrides(run.request, target)
  const capabilities = target.capabilities()
  const unmet = findUnmetNeed(request, capabilities, policy)
  if (unmet !== undefined) return { reason: 'not-capable', detail: `${name} ${unmet}` }
  if (policy.foreignReasoning === 'refuse') {
    const path = findForeignReasoning(request.messages, provider, model)
    if (path !== undefined) return { reason: 'not-capable', detail: `${name} cannot read the reasoning at ${path}` }
  }
  const { contextWindow = Infinity } = capabilities
  // One that is not honoured is left out here.
  const maxTokens = findUnmetParameter('maxTokens', request, capabilities) === undefined ? request.maxTokens : undefined
  const roomTokens = contextWindow - (maxTokens ?? 0)
  if (roomTokens === Infinity || boundTokens(run.request) <= roomTokens || run.inputTokens <= roomTokens)
    return undefined
  const needed = `about ${run.inputTokens} tokens and ${maxTokens ?? 'some'} for the answer`
  const detail = `its context window of ${contextWindow} tokens is too small for ${needed}`
  return { reason: 'window-too-small', detail, kind: 'context-length' }
}

/** The most that a call to the target can cost; undefined where no price is known. */
function findWorstCost(run: Run, target: Target): number | undefined {
  const price = target.price()
  const { maxTokens } = applyOverrides(run.request, target)
  const outputTokens = maxTokens ?? target.capabilities().maxOutputTokens ?? 0
  return price && worstCaseCost(price, run.inputTokens, outputTokens)
}

/** What the attempts of a run may cost: no more than its route allows, and what is left to the routes around it. */
function findAllowance({ route, outer }: Run): number {
  const leftUsd = outer ? findAllowance(outer.run) - (outer.run.costUsd ?? 0) : Infinity
  return Math.min(route.policy.maxCostUsd ?? Infinity, leftUsd)
}

/**
 * Why a call to the target might cost more than the request may, with the one under way beside it; undefined where it
 * cannot, or no price is known.
 */
export function findExcessCost(run: Run, target: Target): string | undefined {
  const maxCostUsd = findAllowance(run)
  if (maxCostUsd === Infinity) return undefined
  const { beside } = run
  // A route within may spend all that is left.
  if (beside && (beside.isRoute || target.isRoute)) return 'what a route within costs beside another call is not known'
  // It rules out those of its own that are too dear.
  const worstUsd = target.isRoute ? undefined : findWorstCost(run, target)
  if (worstUsd === undefined) return undefined
  const besideUsd = beside && findWorstCost(run, beside)
  const costUsd = (run.costUsd ?? 0) + worstUsd + (besideUsd ?? 0)
  // A price that is no number must not slip past.
  if (costUsd <= maxCostUsd) return undefined
  return `it may cost up to ${costUsd.toPrecision(3)} US dollars in all, of ${maxCostUsd} allowed`
}
