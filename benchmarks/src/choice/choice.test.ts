import { strategyNames } from '@llmfb/core/testing'
import { describe, expect, it } from 'vitest'
import { measureChoice, reportChoice } from './choice.ts'

describe('bench choice', () => {
  it('gives figures for every strategy and every number of targets', () => {
    const figures = measureChoice({ rounds: 1, sampleMs: 0 })
    expect(figures.map(({ strategy }) => strategy)).toEqual(strategyNames)
    for (const { strategy, minNs, medianNs, toTen } of figures) {
      expect([...minNs, ...medianNs]).toHaveLength(6)
      for (const ns of [...minNs, ...medianNs, toTen]) {
        expect(ns, strategy).toBeGreaterThan(0)
        expect(ns, strategy).toBeLessThan(Number.POSITIVE_INFINITY)
      }
    }
    expect(figures.filter(({ sortless }) => sortless)).toHaveLength(7)
    expect(reportChoice(figures)).toContain('| round-robin ')
  })
})
