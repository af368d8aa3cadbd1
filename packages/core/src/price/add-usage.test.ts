import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Usage } from '../provider/usage.ts'
import { addUsage } from './add-usage.ts'

const tokens = fc.nat({ max: 1_000_000 })
const usages: fc.Arbitrary<Usage> = fc.record(
  {
    uncachedInputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWriteTokens: tokens,
    outputTextTokens: tokens,
    reasoningTokens: tokens,
    costUsd: fc.nat({ max: 1000 }),
  },
  {
    requiredKeys: ['uncachedInputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTextTokens', 'reasoningTokens'],
  },
)

it('adds bucket by bucket', () => {
  const one: Usage = {
    uncachedInputTokens: 1,
    cacheReadTokens: 2,
    cacheWriteTokens: 3,
    outputTextTokens: 4,
    reasoningTokens: 5,
  }
  expect(addUsage(one, { ...one, uncachedInputTokens: 10 })).toEqual({
    uncachedInputTokens: 11,
    cacheReadTokens: 4,
    cacheWriteTokens: 6,
    outputTextTokens: 8,
    reasoningTokens: 10,
  })
  expect(addUsage({ ...one, costUsd: 2 }, one).costUsd).toBe(2)
  expect(addUsage(one, { ...one, costUsd: 0 }).costUsd).toBe(0)
})

it('does not mind the order, nor calls of which nothing is known', () => {
  const maybe = fc.option(usages, { nil: undefined })
  fc.assert(
    fc.property(maybe, maybe, maybe, (a, b, c) => {
      expect(addUsage(addUsage(a, b), c)).toEqual(addUsage(a, addUsage(c, b)))
      expect(addUsage(a, undefined)).toBe(a)
      expect(addUsage(undefined, a)).toBe(a)
    }),
  )
})
