import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RampUp } from './ramp-up.ts'

function started(now: number, durationMs: number): RampUp {
  const rampUp = new RampUp()
  rampUp.start(now, durationMs)
  return rampUp
}

describe('RampUp', () => {
  it('lets no more and hardly fewer calls through than their shares add up to, however they come', () => {
    const gaps = fc.array(
      fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 3000 })),
      {
        maxLength: 300,
      },
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 60_000 }),
        gaps,
        (start, lastsMs, all) => {
          const rampUp = started(start, lastsMs)
          expect(rampUp.endsAt).toBe(start + lastsMs)
          let now = start
          let passed = 0
          let shares = 0
          for (const gapMs of all) {
            now += gapMs
            if (now >= rampUp.endsAt) break
            const readyAt = rampUp.readyAt()
            expect(rampUp.readyAt()).toBe(readyAt)
            expect(readyAt).toBeLessThanOrEqual(rampUp.endsAt + 1e-6)
            const passes = rampUp.admit(now)
            expect(passes).toBe(readyAt <= now)
            if (passes) passed++
            shares += 0.1 + (0.9 * (now - start)) / lastsMs
            expect(passed).toBeLessThanOrEqual(shares + 1e-6)
            expect(passed).toBeGreaterThan(shares - 1 - 1e-6)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('lets exactly every tenth call through at its start, and every second when it is four ninths through', () => {
    for (const [elapsedMs, every] of [
      [0, 10],
      [4000, 2],
    ] as const) {
      const rampUp = started(0, 9000)
      const passes = Array.from({ length: 30 }, () => rampUp.admit(elapsedMs))
      expect(passes).toEqual(passes.map((_, index) => index % every === every - 1))
    }
  })

  it('is ready for the only one who asks when that call and those before have earned a whole one', () => {
    const rampUp = started(1000, 9000)
    expect(rampUp.readyAt()).toBe(10_000)
    expect(rampUp.admit(1000 + 4000)).toBe(false)
    expect(rampUp.readyAt()).toBe(5000)
    expect(rampUp.admit(5000)).toBe(true)
    expect(rampUp.readyAt()).toBe(10_000)
  })

  it('begins anew with nothing earned, and is over at once where it lasts for no time', () => {
    const rampUp = started(0, 9000)
    rampUp.admit(8000)
    rampUp.start(20_000, 9000)
    expect(rampUp.readyAt()).toBe(29_000)
    rampUp.start(40_000, 0)
    expect(rampUp.endsAt).toBe(40_000)
  })
})
