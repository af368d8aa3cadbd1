import type { Candidate, StrategyContext } from './strategy.ts'

/**
 * US dollars for the request, if its answer has `answerTokens`, or as many as it may have where that is less; undefined
 * where the price is not known.
 */
export function expectedCost(candidate: Candidate, context: StrategyContext, answerTokens: number): number | undefined {
  const price = candidate.price()
  if (price === undefined) return undefined
  const outputTokens = Math.min(context.request.maxTokens ?? Infinity, answerTokens)
  return (context.estimateTokens() * price.inputPerMillion + outputTokens * price.outputPerMillion) / 1_000_000
}

/** Says of a candidate without a price that it has none. */
export function remarkOnPrice(candidate: Candidate): string | undefined {
  return candidate.price() === undefined ? 'its price is not known' : undefined
}
