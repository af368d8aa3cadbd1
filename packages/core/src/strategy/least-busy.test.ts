import { describe, expect, it } from 'vitest'
import { countChoices, createCandidates, orderOf } from './__fixtures__/candidates.ts'
import { createLeastBusy } from './least-busy.ts'

describe('least-busy', () => {
  it('takes the fewest calls under way for its weight', () => {
    const all = createCandidates({ inFlight: 2 }, { inFlight: 4, weight: 4 }, { inFlight: 3 })
    expect(orderOf(createLeastBusy({ explore: 0 }), all)).toBe('bac')
  })

  it('spreads requests over those that are level', () => {
    const { a, b, c } = countChoices(createLeastBusy({ explore: 0 }), createCandidates({ inFlight: 1 }, {}, {}), 10_000)
    expect(c! / b!).toBeCloseTo(1, 1)
    expect(a).toBe(0)
  })

  it('does not run to a target that is idle because it fails at once', () => {
    const all = createCandidates({ status: 'unhealthy' }, { inFlight: 50 }, { weight: 0 })
    expect(orderOf(createLeastBusy({ explore: 0 }), all)[0]).toBe('b')
  })
})
