import { describe, expect, it } from 'vitest'
import { strategyFields, strategyNames } from './strategy-options.ts'

describe('strategyFields', () => {
  it('has the fields of every strategy, with kinds that can be checked', () => {
    expect(strategyNames).toHaveLength(15)
    const kinds = Object.values(strategyFields).flatMap((fields): unknown[] => Object.values(fields))
    for (const kind of kinds) {
      expect(Array.isArray(kind) || ['share', 'amount', 'positive', 'text'].includes(kind as string)).toBe(true)
    }
  })
})
