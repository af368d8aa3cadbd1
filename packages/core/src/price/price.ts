import type { Usage } from '../provider/usage.ts'

/** What a model costs, in US dollars per million tokens. */
export interface Price {
  readonly inputPerMillion: number
  readonly outputPerMillion: number
  /** @default `inputPerMillion` */
  readonly cacheReadPerMillion?: number
  /** @default `inputPerMillion` */
  readonly cacheWritePerMillion?: number
}

/** Where prices come from. What has no price is not free: it is not known. */
export interface PriceSource {
  /** The price of a provider's model, or undefined where it is not known; must be cheap. */
  priceOf(provider: string, model: string): Price | undefined
}

/** What a call cost, in US dollars: what the service says, else by its price; undefined where neither is known. */
export function costOf(usage: Usage | undefined, price: Price | undefined): number | undefined {
  if (usage?.costUsd != null) return usage.costUsd
  if (usage == null || price === undefined) return undefined
  const { inputPerMillion, outputPerMillion } = price
  const { cacheReadPerMillion = inputPerMillion, cacheWritePerMillion = inputPerMillion } = price
  const costUsd =
    (usage.uncachedInputTokens * inputPerMillion +
      usage.cacheReadTokens * cacheReadPerMillion +
      usage.cacheWriteTokens * cacheWritePerMillion +
      (usage.outputTextTokens + usage.reasoningTokens) * outputPerMillion) /
    1_000_000
  // Counts or prices that are missing make no number: summed up, it would pass below every limit.
  return Number.isFinite(costUsd) ? costUsd : undefined
}
