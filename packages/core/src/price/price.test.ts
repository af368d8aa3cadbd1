import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../provider/usage.ts'
import type { Price } from './price.ts'
import { costOf } from './price.ts'

const none: Usage = {
  uncachedInputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 0,
  reasoningTokens: 0,
}

const price: Price = { inputPerMillion: 3, outputPerMillion: 15, cacheReadPerMillion: 0.3, cacheWritePerMillion: 3.75 }
const plain: Price = { inputPerMillion: 3, outputPerMillion: 15 }

describe('costOf', () => {
  it.each<[keyof Usage, number, number]>([
    ['uncachedInputTokens', 3, 3],
    ['cacheReadTokens', 0.3, 3],
    ['cacheWriteTokens', 3.75, 3],
    ['outputTextTokens', 15, 15],
    ['reasoningTokens', 15, 15],
  ])('puts its own rate on %s', (bucket, costUsd, withoutCacheRates) => {
    const usage = { ...none, [bucket]: 1_000_000 }
    expect(costOf(usage, price)).toBe(costUsd)
    expect(costOf(usage, plain)).toBe(withoutCacheRates)
  })

  // What services answered in the reports, in disjoint buckets, and the right bill.
  it.each<[string, Partial<Usage>, Price, number]>([
    [
      'litellm 6215: cached tokens are not billed as uncached ones too',
      { uncachedInputTokens: 86, cacheReadTokens: 1920, outputTextTokens: 300 },
      { inputPerMillion: 2.5, cacheReadPerMillion: 1.25, outputPerMillion: 10 },
      0.005615,
    ],
    [
      'litellm 14849: cache hits are billed once',
      { uncachedInputTokens: 5005, cacheReadTokens: 257_955, outputTextTokens: 1744 },
      { inputPerMillion: 1.25, cacheReadPerMillion: 0.625, outputPerMillion: 10 },
      0.184918125,
    ],
    [
      'litellm 11364: reads, writes and reasoning each at their rate',
      {
        uncachedInputTokens: 10,
        cacheReadTokens: 66_360,
        cacheWriteTokens: 32_435,
        outputTextTokens: 3410,
        reasoningTokens: 1710,
      },
      { inputPerMillion: 5, cacheReadPerMillion: 0.5, cacheWritePerMillion: 6.25, outputPerMillion: 25 },
      0.36394875,
    ],
  ])('%s', (_, usage, rates, costUsd) => {
    expect(costOf({ ...none, ...usage }, rates)).toBeCloseTo(costUsd, 12)
  })

  it('litellm 9812, 11789, 11364, 42663: a token is billed once, whichever bucket it is in', () => {
    const tokens = fc.nat({ max: 10_000_000 })
    const buckets = fc.record({
      uncachedInputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWriteTokens: tokens,
      outputTextTokens: tokens,
      reasoningTokens: tokens,
    })
    fc.assert(
      fc.property(buckets, (usage) => {
        const total = Object.values(usage).reduce((sum, count) => sum + count, 0)
        expect(costOf(usage, { inputPerMillion: 1, outputPerMillion: 1 })).toBe(total / 1_000_000)
        const parts = (Object.keys(usage) as (keyof typeof usage)[]).map(
          (bucket) => costOf({ ...none, [bucket]: usage[bucket] }, price) ?? Number.NaN,
        )
        expect(costOf(usage, price)).toBeCloseTo(
          parts.reduce((sum, cost) => sum + cost, 0),
          6,
        )
      }),
    )
  })

  it('believes the service before any price, also when it says that nothing is billed', () => {
    const usage = { ...none, uncachedInputTokens: 1_000_000 }
    expect(costOf({ ...usage, costUsd: 0.5 }, price)).toBe(0.5)
    expect(costOf({ ...usage, costUsd: 0.5 }, undefined)).toBe(0.5)
    expect(costOf({ ...usage, costUsd: 0 }, price)).toBe(0)
  })

  it('is not known, which is not 0, where the usage or the price is not', () => {
    expect(costOf(undefined, price)).toBeUndefined()
    expect(costOf({ ...none, outputTextTokens: 1 }, undefined)).toBeUndefined()
    expect(costOf(none, undefined)).toBeUndefined()
    expect(costOf(undefined, undefined)).toBeUndefined()
  })

  it('is 0 where nothing was used, or all of it is free', () => {
    expect(costOf(none, price)).toBe(0)
    const free = { inputPerMillion: 0, outputPerMillion: 0 }
    expect(costOf({ ...none, uncachedInputTokens: 5, reasoningTokens: 5 }, free)).toBe(0)
  })

  it('is not known where a count or a rate is missing against its type', () => {
    const { reasoningTokens: _, ...counts } = none
    expect(costOf(counts as Usage, price)).toBeUndefined()
    expect(costOf({ ...none, outputTextTokens: 1 }, { inputPerMillion: 1 } as Price)).toBeUndefined()
    expect(costOf({ ...none, costUsd: null } as unknown as Usage, price)).toBe(0)
    expect(costOf(null as unknown as Usage, price)).toBeUndefined()
  })
})
