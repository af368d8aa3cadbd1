import { describe, expect, it } from 'vitest'
import { createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import { createScore } from './score.ts'

const price = (perMillion: number) => ({ inputPerMillion: perMillion, outputPerMillion: perMillion })
const context = createContext({ tokens: 1000 })

describe('score', () => {
  it('weighs cost, latency and health as it is told', () => {
    const all = createCandidates(
      { price: price(1), firstContentMs: 900, failureRate: 0.5 },
      { price: price(10), firstContentMs: 100, failureRate: 0.5 },
      { price: price(10), firstContentMs: 900, failureRate: 0 },
    )
    const only = (measure: object) =>
      orderOf(createScore({ cost: 0, latency: 0, health: 0, explore: 0, ...measure }), all, context)
    expect(only({ cost: 1 })).toBe('abc')
    expect(only({ latency: 1 })).toBe('bac')
    expect(only({ health: 1 })).toBe('cab')
    expect(only({ cost: 1, latency: 3 })).toBe('bac')
    expect(only({ cost: 3, latency: 1 })).toBe('abc')
  })

  it('takes an unknown cost for the worst, and says so', () => {
    const all = createCandidates({ firstContentMs: 100 }, { firstContentMs: 100, price: price(5) })
    const score = createScore({ explore: 0 })
    expect(orderOf(score, [...all, ...createCandidates({ firstContentMs: 100, price: price(9) })], context)).toBe('baa')
    expect(score.remark?.(all[0]!, context)).toBe('its price is not known')
    expect(score.remark?.(all[1]!, context)).toBeUndefined()
  })

  it('takes status into account', () => {
    const all = createCandidates({ status: 'unhealthy' }, { status: 'degraded' }, {})
    expect(orderOf(createScore({ explore: 0, latency: 0 }), all, context)).toBe('cba')
  })

  it('tries a new target, one call at a time', () => {
    const all = createCandidates({ firstContentMs: 100 }, {})
    const score = createScore({ explore: 0 })
    expect(orderOf(score, all, context)).toBe('ba')
    all[1]!.facts.inFlight = 1
    all[0]!.facts.firstContentMs = 100
    expect(
      orderOf(
        createScore({ explore: 0 }),
        [all[1]!, ...createCandidates({ firstContentMs: 5 }, { firstContentMs: 9 })],
        context,
      ),
    ).toBe('abb')
  })
})
