import { describe, expect, it } from 'vitest'
import { countChoices, createCandidates, orderOf } from './__fixtures__/candidates.ts'
import { createHealthiest } from './healthiest.ts'

describe('healthiest', () => {
  it('takes healthy ones in order, then degraded and unhealthy ones by how often they fail', () => {
    const all = createCandidates(
      { status: 'unhealthy', failureRate: 0.5 },
      { status: 'degraded', failureRate: 0.9 },
      { failureRate: 0.2 },
      { status: 'degraded', failureRate: 0.3 },
      {},
      { status: 'unhealthy', failureRate: 0.4 },
    )
    expect(orderOf(createHealthiest({ explore: 0 }), all)).toBe('cedbfa')
  })

  it('looks at the others in three of a hundred requests', () => {
    const counts = countChoices(createHealthiest(), createCandidates({ status: 'unhealthy' }, {}, {}), 30_000)
    expect(counts['a']).toBeGreaterThan(200)
    expect(counts['a']).toBeLessThan(400)
    expect(counts['b']).toBeGreaterThan(29_200)
  })

  it('never explores what has no weight', () => {
    const counts = countChoices(createHealthiest({ explore: 1 }), createCandidates({}, { weight: 0 }), 1000)
    expect(counts['b']).toBe(0)
  })
})
