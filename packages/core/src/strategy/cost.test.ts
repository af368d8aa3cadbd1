import { describe, expect, it } from 'vitest'
import { createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import { createCost } from './cost.ts'

const perMillion = (inputPerMillion: number, outputPerMillion: number) => ({
  price: { inputPerMillion, outputPerMillion },
})

describe('cost', () => {
  it('takes the cheapest for the lengths of this prompt and its answer', () => {
    const all = createCandidates(perMillion(1, 100), perMillion(10, 10))
    const cost = createCost()
    expect(orderOf(cost, all, createContext({ tokens: 100 }))).toBe('ba')
    expect(orderOf(cost, all, createContext({ tokens: 100_000 }))).toBe('ab')
    expect(orderOf(cost, all, createContext({ tokens: 100, request: { maxTokens: 9 } }))).toBe('ab')
    expect(orderOf(createCost({ answerTokens: 5 }), all, createContext({ tokens: 100 }))).toBe('ab')
    // Leave to write a lot is not yet a long answer.
    expect(orderOf(cost, all, createContext({ tokens: 10_000, request: { maxTokens: 32_000 } }))).toBe('ab')
  })

  it('takes unknown for the last, not for free, and says so', () => {
    const all = createCandidates({}, perMillion(900, 900), perMillion(0, 0), {})
    const cost = createCost()
    expect(orderOf(cost, all, createContext({ tokens: 1000 }))).toBe('cbad')
    expect(cost.remark?.(all[0]!, createContext())).toBe('its price is not known')
    expect(cost.remark?.(all[2]!, createContext())).toBeUndefined()
  })
})
