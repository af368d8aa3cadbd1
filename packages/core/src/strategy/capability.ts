import { misfit, needsOf } from './fit.ts'
import { rankedBy } from './ranked.ts'
import type { Strategy } from './strategy.ts'

/**
 * The best fit for the request, so that the able models are left to the requests that need them. In this order: its
 * window is known to suffice; it honours the most of what is asked, parameters, reasoning and cache breakpoints
 * included; it can do the least besides; its window is the smallest; the order of the stage.
 */
export const capability: Strategy = {
  name: 'capability',
  order(candidates, context) {
    const { request } = context
    const outputTokens = request.maxTokens ?? 0
    const tokens = context.estimateTokens() + outputTokens
    const needs = needsOf(request)
    return rankedBy(candidates, (candidate) => misfit(candidate.capabilities(), needs, tokens, outputTokens))
  },
  remark(candidate) {
    const known = candidate.capabilities().contextWindow !== undefined
    return known ? undefined : 'the size of its context window is not known'
  },
}
