import { expect, it } from 'vitest'
import { measureStart, reportStart } from './start.ts'

it('bench start gives figures for core alone, and for all eleven providers', { timeout: 60_000 }, async () => {
  const figures = await measureStart({ starts: 1, modules: new URL('./', import.meta.url) })
  expect(figures.map(({ job, registered }) => [job, registered])).toEqual([
    ['core', 0],
    ['core and all providers', 11],
  ])
  for (const { importMs, totalMs, bestMs } of figures) {
    expect(importMs).toBeGreaterThan(0)
    expect(totalMs).toBeGreaterThanOrEqual(importMs)
    expect(bestMs).toBe(totalMs)
  }
  expect(reportStart(figures)).toContain('Bound: registering all providers at most 20 ms')
})
