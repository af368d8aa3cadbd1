import { describe, expect, it } from 'vitest'
import { createCandidates, orderOf } from './__fixtures__/candidates.ts'
import { createBestEffort } from './best-effort.ts'

describe('best-effort', () => {
  it('takes whoever fails least, and of those whoever answers soonest as busy as they are', () => {
    const all = createCandidates(
      { failureRate: 0.6, firstContentMs: 1 },
      { failureRate: 0.01, firstContentMs: 300, inFlight: 3 },
      { failureRate: 0.02, firstContentMs: 900 },
      { failureRate: 0.25, firstContentMs: 10 },
    )
    expect(orderOf(createBestEffort({ explore: 0 }), all)).toBe('cbda')
  })

  it('offers unhealthy ones too', () => {
    const all = createCandidates({ status: 'unhealthy', failureRate: 1 }, { status: 'unhealthy', failureRate: 0.7 })
    expect(orderOf(createBestEffort({ explore: 0 }), all)).toBe('ba')
  })
})
