import { describe, expect, it } from 'vitest'
import { createCandidates, orderOf } from './__fixtures__/candidates.ts'
import { fromFunction, strategyFields, strategyNames } from './strategy-options.ts'

describe('fromFunction', () => {
  it("makes a strategy of the function's name", () => {
    const backwards = fromFunction(function backwards(candidates) {
      return candidates.toReversed()
    })
    expect(backwards.name).toBe('backwards')
    expect(orderOf(backwards, createCandidates({}, {}, {}))).toBe('cba')
    expect(fromFunction((candidates) => candidates).name).toBe('custom')
  })
})

describe('strategyFields', () => {
  it('has the fields of every strategy, with kinds that can be checked', () => {
    expect(strategyNames).toHaveLength(15)
    const kinds = Object.values(strategyFields).flatMap((fields): unknown[] => Object.values(fields))
    for (const kind of kinds) {
      expect(Array.isArray(kind) || ['share', 'amount', 'positive', 'text'].includes(kind as string)).toBe(true)
    }
  })
})
