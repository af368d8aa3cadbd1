import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from './price.ts'
import { costOf } from './price.ts'
import { worstCaseCost } from './worst-case-cost.ts'

describe('worstCaseCost', () => {
  it.each<[string, Price, number]>([
    ['input and output', { inputPerMillion: 3, outputPerMillion: 15 }, 18],
    ['cheap reads', { inputPerMillion: 3, outputPerMillion: 15, cacheReadPerMillion: 0.3 }, 18],
    ['dear writes', { inputPerMillion: 3, outputPerMillion: 15, cacheWritePerMillion: 6 }, 21],
    ['dear reads', { inputPerMillion: 1, outputPerMillion: 1, cacheReadPerMillion: 2 }, 3],
    ['nothing', { inputPerMillion: 0, outputPerMillion: 0 }, 0],
  ])('of a million tokens each way: %s', (_, price, costUsd) => {
    expect(worstCaseCost(price, 1_000_000, 1_000_000)).toBe(costUsd)
  })

  it('is never below what a call within these bounds costs', () => {
    const tokens = fc.nat({ max: 1_000_000 })
    const rate = fc.integer({ min: 0, max: 10_000 }).map((cents) => cents / 100)
    const price = fc.record(
      { inputPerMillion: rate, outputPerMillion: rate, cacheReadPerMillion: rate, cacheWritePerMillion: rate },
      { requiredKeys: ['inputPerMillion', 'outputPerMillion'] },
    )
    const usage = fc.record({
      uncachedInputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWriteTokens: tokens,
      outputTextTokens: tokens,
      reasoningTokens: tokens,
    })
    fc.assert(
      fc.property(price, usage, tokens, tokens, (rates, used, moreInput, moreOutput) => {
        const input = used.uncachedInputTokens + used.cacheReadTokens + used.cacheWriteTokens + moreInput
        const output = used.outputTextTokens + used.reasoningTokens + moreOutput
        const most = worstCaseCost(rates, input, output)
        // Sums of fractions differ in their last digits with their order.
        expect(most * (1 + 1e-12)).toBeGreaterThanOrEqual(costOf(used, rates) ?? Infinity)
      }),
    )
  })

  it('has no bound for an answer without one, unless output is free', () => {
    expect(worstCaseCost({ inputPerMillion: 1, outputPerMillion: 1 }, 10, Infinity)).toBe(Infinity)
    expect(worstCaseCost({ inputPerMillion: 1, outputPerMillion: 0 }, 1_000_000, Infinity)).toBe(1)
  })
})
