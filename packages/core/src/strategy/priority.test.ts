import { describe, expect, it } from 'vitest'
import { createCandidates, orderOf } from './__fixtures__/candidates.ts'
import { priority } from './priority.ts'

describe('priority', () => {
  it('keeps the order of the stage, whatever happens', () => {
    expect(orderOf(priority, createCandidates({ status: 'unhealthy', inFlight: 9 }, { weight: 5 }, {}))).toBe('abc')
  })
})
