import { describe, expect, it } from 'vitest'
import { countChoices, createCandidates, orderOf } from './__fixtures__/candidates.ts'
import { createLatency } from './latency.ts'

describe('latency', () => {
  it('takes the shortest time to the first content', () => {
    const all = createCandidates({ firstContentMs: 900 }, { firstContentMs: 300 }, { firstContentMs: 500 })
    expect(orderOf(createLatency({ explore: 0 }), all)).toBe('bca')
  })

  it('spreads requests over all that are within a tenth of the fastest', () => {
    const all = createCandidates({ firstContentMs: 109 }, { firstContentMs: 100 }, { firstContentMs: 111 })
    const { a, b, c } = countChoices(createLatency({ explore: 0 }), all, 10_000)
    expect(a! / b!).toBeCloseTo(1, 1)
    expect(c).toBe(0)
  })

  it('tries a new target at once, but one call at a time until it has answered', () => {
    const all = createCandidates({ firstContentMs: 100 }, {})
    const latency = createLatency({ explore: 0 })
    expect(orderOf(latency, all)).toBe('ba')
    all[1]!.facts.inFlight = 1
    expect(orderOf(latency, all)).toBe('ab')
    all[1]!.facts.inFlight = 0
    all[1]!.facts.status = 'degraded'
    expect(orderOf(latency, all)).toBe('ab')
  })

  it('takes a target that fails often for a slow one', () => {
    const all = createCandidates({ firstContentMs: 100, failureRate: 0.8 }, { firstContentMs: 300 })
    expect(orderOf(createLatency({ explore: 0 }), all)).toBe('ba')
  })

  it('looks at slow ones now and then, and comes back to one that is slow no more', () => {
    const all = createCandidates({ firstContentMs: 100 }, { firstContentMs: 60_000 })
    const latency = createLatency()
    const { b } = countChoices(latency, all, 10_000)
    expect(b).toBeGreaterThan(100)
    expect(b).toBeLessThan(200)
    all[1]!.facts.firstContentMs = 10
    expect(orderOf(createLatency({ explore: 0 }), all)).toBe('ba')
  })
})
