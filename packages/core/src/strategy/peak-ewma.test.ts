import { describe, expect, it } from 'vitest'
import { countChoices, createCandidates, createContext } from './__fixtures__/candidates.ts'
import { createPeakEwma } from './peak-ewma.ts'

const strategy = createPeakEwma({ explore: 0 })

describe('peak-ewma', () => {
  it('never takes the worst of all, and the best as often as it is drawn', () => {
    const all = createCandidates({ firstContentMs: 300 }, { firstContentMs: 100 }, { firstContentMs: 200 })
    const { a, b, c } = countChoices(strategy, all, 10_000)
    expect(a).toBe(0)
    expect(b! / 10_000).toBeCloseTo(2 / 3, 1)
    expect(c! / 10_000).toBeCloseTo(1 / 3, 1)
  })

  it.each([
    ['a peak counts, not the average', { firstContentMs: 100, peakMs: 900 }, { firstContentMs: 300 }],
    ['calls under way count', { firstContentMs: 100, inFlight: 3 }, { firstContentMs: 300 }],
    ['weight counts', { firstContentMs: 100 }, { firstContentMs: 150, weight: 2 }],
    ['failures count', { firstContentMs: 100, failureRate: 0.75 }, { firstContentMs: 300 }],
    ['a new one is tried', { firstContentMs: 100 }, {}],
    ['a new one that is being tried waits', { inFlight: 1 }, { firstContentMs: 5000, inFlight: 9 }],
    ['a new one with fewer calls comes first', { inFlight: 2 }, { inFlight: 1 }],
    ['no weight, no calls', { firstContentMs: 1, weight: 0 }, { firstContentMs: 9000 }],
  ])('%s', (_, worse, better) => {
    expect(countChoices(strategy, createCandidates(worse, better), 100)).toEqual({ a: 0, b: 100 })
  })

  it('looks at any target at all in three of a hundred requests', () => {
    const all = createCandidates({ firstContentMs: 100 }, { firstContentMs: 9000 })
    const { b } = countChoices(createPeakEwma(), all, 20_000)
    expect(b).toBeGreaterThan(200)
    expect(b).toBeLessThan(400)
  })

  it('offers the others by their load', () => {
    const all = createCandidates(
      { firstContentMs: 3 },
      { firstContentMs: 9 },
      { firstContentMs: 1 },
      { firstContentMs: 5 },
    )
    const [, ...rest] = strategy.order(all, createContext())
    const loads = rest.map(({ facts }) => facts.firstContentMs)
    expect(loads).toEqual([...loads].sort((one, other) => one! - other!))
    expect(rest).toHaveLength(3)
  })
})
