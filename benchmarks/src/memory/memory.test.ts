import { describe, expect, it } from 'vitest'
import { measureMemory, reportMemory, slopeOf } from './memory.ts'
import { createWorkload } from './workload.ts'

describe('bench memory', () => {
  it('gives figures for each sample', async () => {
    const figures = await measureMemory({ calls: 800, sampleEvery: 200 })
    expect(figures.samples.map(({ calls }) => calls)).toEqual([200, 400, 600, 800])
    for (const { bytes } of figures.samples) expect(bytes).toBeGreaterThan(0)
    expect(Number.isFinite(figures.bytesPerCall)).toBe(true)
    expect(reportMemory(figures)).toContain('Bound: less than 0.5 bytes a call')
  })

  it('has calls that fail, and many more that do not', async () => {
    const { run, router, events } = await createWorkload(1)
    const failed = await run(20_000)
    expect(failed).toBeGreaterThan(0)
    expect(failed).toBeLessThan(2_000)
    expect(events()).toBeGreaterThan(20_000)
    // Ad-hoc targets are forgotten again.
    expect(router.status().length).toBeLessThan(1100)
    expect(router.status().some(({ failures }) => failures > 0)).toBe(true)
    router.dispose()
  })

  it('sees a leak, and no leak in a heap that shrinks once', () => {
    const samples = [1, 2, 3, 4, 5].map((at) => ({ calls: at * 100_000, bytes: 20_000_000 + at * 1_600_000 }))
    expect(slopeOf(samples)).toBeCloseTo(16)
    expect(slopeOf(samples.map(({ calls }, at) => ({ calls, bytes: at === 2 ? 21_000_000 : 20_000_000 })))).toBe(0)
  })
})
