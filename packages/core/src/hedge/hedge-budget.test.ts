import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HedgeBudget } from './hedge-budget.ts'

const options = fc.record({
  windowMs: fc.integer({ min: 1, max: 600 }).map((seconds) => seconds * 1000),
  windowSlices: fc.constantFrom(1, 2, 5, 10),
  maxShare: fc.oneof(fc.constantFrom(0, 0.05, 0.25, 1), fc.double({ min: 0, max: 1, noNaN: true })),
})

const script = fc.array(
  fc.record({
    stepMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: -10_000, max: 0 }),
    ),
    requests: fc.integer({ min: 0, max: 40 }),
    hedges: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 80 },
)

describe('HedgeBudget', () => {
  it('never lets through more than its share: neither in any window, nor over all time, at any time', () => {
    fc.assert(
      fc.property(options, script, (given, steps) => {
        const budget = new HedgeBudget(given)
        const requestsAt: number[] = []
        const hedgesAt: number[] = []
        const spanMs = given.windowMs - given.windowMs / given.windowSlices
        let now = 0
        for (const step of steps) {
          // A clock that runs backwards is taken for one that stands still.
          now = Math.max(now, now + step.stepMs)
          for (let request = 0; request < step.requests; request++) {
            budget.request(now + Math.min(0, step.stepMs))
            requestsAt.push(now)
          }
          for (let hedge = 0; hedge < step.hedges; hedge++) {
            if (!budget.take(now + Math.min(0, step.stepMs))) continue
            hedgesAt.push(now)
            const hedges = hedgesAt.filter((at) => now - at < spanMs || at === now).length
            const requests = requestsAt.filter((at) => now - at < given.windowMs || at === now).length
            expect(hedges).toBeLessThanOrEqual(given.maxShare * requests)
            expect(hedgesAt.length).toBeLessThanOrEqual(given.maxShare * requestsAt.length + 1e-9)
          }
        }
      }),
    )
  })

  it('gives all that its share allows', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 300 }), (given, requests) => {
        const budget = new HedgeBudget(given)
        for (let request = 0; request < requests; request++) budget.request(0)
        let taken = 0
        while (budget.take(0)) taken++
        expect(taken).toBe(Math.floor(given.maxShare * requests))
      }),
    )
  })

  it('gives none before a whole one is due', () => {
    const budget = new HedgeBudget({ windowMs: 60_000, windowSlices: 10, maxShare: 0.05 })
    for (let request = 1; request < 20; request++) {
      budget.request(0)
      expect(budget.take(0)).toBe(false)
    }
    budget.request(0)
    expect([budget.take(0), budget.take(0)]).toEqual([true, false])
  })

  it('forgets requests and hedges as they fall out of the window', () => {
    const budget = new HedgeBudget({ windowMs: 60_000, windowSlices: 10, maxShare: 0.5 })
    for (let request = 0; request < 4; request++) budget.request(0)
    expect([budget.take(0), budget.take(0), budget.take(0)]).toEqual([true, true, false])
    for (let request = 0; request < 4; request++) budget.request(59_999)
    expect([budget.take(59_999), budget.take(59_999), budget.take(59_999)]).toEqual([true, true, false])
    expect(budget.take(60_000)).toBe(false)
    expect(budget.take(113_999)).toBe(false)
    budget.request(120_000)
    budget.request(120_000)
    expect([budget.take(120_000), budget.take(120_000)]).toEqual([true, false])
  })
})
