import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RetryBudget } from './retry-budget.ts'
import type { RetryBudgetOptions } from './retry-budget.ts'

const defaults: RetryBudgetOptions = { windowMs: 60_000, windowSlices: 10, ratio: 0.2, minimumPerSecond: 3 }

const options = fc.record({
  windowMs: fc.integer({ min: 1, max: 100 }).map((tens) => tens * 1000),
  windowSlices: fc.constantFrom(1, 2, 5, 10),
  ratio: fc.double({ min: 0, max: 1, noNaN: true }),
  minimumPerSecond: fc.constantFrom(0, 0.1, 1, 3),
})

const script = fc.array(
  fc.record({
    stepMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 30_000 })),
    requests: fc.integer({ min: 0, max: 20 }),
    retries: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 60 },
)

describe('RetryBudget', () => {
  it('never lets through more than its share of the requests and its minimum, over any span of the window', () => {
    fc.assert(
      fc.property(options, script, (given, steps) => {
        const budget = new RetryBudget(given)
        const requestsAt: number[] = []
        const retriesAt: number[] = []
        // The oldest slice of the window is partly out of date: a span shorter by one slice is covered in full.
        const spanMs = given.windowMs - given.windowMs / given.windowSlices
        let now = 0
        for (const step of steps) {
          now += step.stepMs
          for (let request = 0; request < step.requests; request++) {
            budget.request(now)
            requestsAt.push(now)
          }
          for (let retry = 0; retry < step.retries; retry++) {
            if (!budget.take(now)) continue
            retriesAt.push(now)
            const retries = retriesAt.filter((at) => now - at < spanMs || at === now).length
            const requests = requestsAt.filter((at) => now - at < given.windowMs || at === now).length
            const allowed = given.ratio * requests + (given.minimumPerSecond * given.windowMs) / 1000
            expect(retries).toBeLessThanOrEqual(allowed + 1e-9)
          }
        }
      }),
    )
  })

  it('gives all that the share and the minimum allow', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 200 }), (given, requests) => {
        const budget = new RetryBudget(given)
        for (let request = 0; request < requests; request++) budget.request(0)
        let taken = 0
        while (budget.take(0)) taken++
        expect(taken).toBe(Math.floor(given.ratio * requests + (given.minimumPerSecond * given.windowMs) / 1000))
      }),
    )
  })

  it('fills again as retries fall out of the window', () => {
    const budget = new RetryBudget(defaults)
    for (let retry = 0; retry < 180; retry++) expect(budget.take(0)).toBe(true)
    expect(budget.take(0)).toBe(false)
    expect(budget.take(59_999)).toBe(false)
    expect(budget.take(60_000)).toBe(true)
  })

  it('takes nothing out when it refuses', () => {
    const budget = new RetryBudget({ ...defaults, minimumPerSecond: 0, ratio: 0.5 })
    for (let call = 0; call < 100; call++) expect(budget.take(0)).toBe(false)
    budget.request(0)
    budget.request(0)
    expect(budget.take(0)).toBe(true)
    expect(budget.take(0)).toBe(false)
  })
})
