import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RateLimit } from '../provider/rate-limit.ts'
import { Limiter } from './limiter.ts'

/** A target whose service told of its limits at 0. */
function told(...limits: RateLimit[]): Limiter {
  const limiter = new Limiter()
  const call = limiter.take(0, 0, 0)
  limiter.settle(call, undefined, 0)
  limiter.learn(limits, call, 0)
  return limiter
}

describe('learned limits', () => {
  it('avoid a target that has nothing left, until the limit is reset', () => {
    const limiter = told({ counts: 'requests', limit: 60, remaining: 0, resetsInMs: 60_000 })
    expect(limiter.idle).toBe(false)
    expect(limiter.refusal(0, 1, 1)).toEqual({ what: 'its service has too few requests left for it', readyAt: 1001 })
    expect(limiter.refusal(999, 1, 1)).toBeDefined()
    expect(limiter.refusal(1001, 1, 1)).toBeUndefined()
  })

  it('come back as fast as the reset says: 1 of 200 in 7 minutes, where that is how it is', () => {
    // OpenAI, with 200 requests a day.
    const limiter = told({ counts: 'requests', limit: 200, remaining: 0, resetsInMs: 24 * 60 * 60 * 1000 })
    expect(limiter.refusal(0, 1, 1)?.readyAt).toBeCloseTo(2 * 432_000, -1)
  })

  it('leave a small share to others', () => {
    const limiter = told({ counts: 'tokens', limit: 100_000, remaining: 900, resetsInMs: 59_460 })
    expect(limiter.refusal(0, 10, 10)).toMatchObject({ readyAt: 61 })
    expect(limiter.refusal(61, 10, 10)).toBeUndefined()
  })

  it('use all of a limit of a few', () => {
    const limiter = told({ counts: 'requests', limit: 5, remaining: 3, resetsInMs: 30_000 })
    for (let call = 0; call < 3; call++) {
      expect(limiter.refusal(0, 1, 1)).toBeUndefined()
      limiter.take(0, 1, 1)
    }
    expect(limiter.refusal(0, 1, 1)).toBeDefined()
  })

  it('tell input and output apart', () => {
    const limiter = told(
      { counts: 'input-tokens', limit: 400_000, remaining: 399_000, resetsInMs: 1000 },
      { counts: 'output-tokens', limit: 80_000, remaining: 4000, resetsInMs: 57_000 },
    )
    expect(limiter.refusal(0, 300_000, 3000)).toBeUndefined()
    expect(limiter.refusal(0, 300_000, 5000)?.what).toBe('its service has too few output tokens left for it')
    expect(limiter.refusal(0, 399_500, 3000)?.what).toBe('its service has too few input tokens left for it')
  })

  it('count what was sent since the call whose answer told of them', () => {
    const limiter = told({ counts: 'requests', limit: 1000, remaining: 999 })
    const first = limiter.take(0, 10, 10)
    for (let call = 0; call < 40; call++) limiter.take(0, 10, 10)
    limiter.learn([{ counts: 'requests', limit: 1000, remaining: 100, resetsInMs: 54_000 }], first, 0)
    expect(limiter.report(0)).toEqual([
      { source: 'learned', counts: 'requests', limit: 1000, used: 940, remaining: 60 },
    ])
  })

  it('are not overwritten by what the answer to an older call told', () => {
    const limiter = told({ counts: 'requests', limit: 1000, remaining: 999 })
    const [older, newer] = [limiter.take(0, 10, 10), limiter.take(0, 10, 10)]
    limiter.learn([{ counts: 'requests', limit: 1000, remaining: 0, resetsInMs: 60_000 }], newer, 100)
    limiter.learn([{ counts: 'requests', limit: 1000, remaining: 990, resetsInMs: 60 }], older, 200)
    expect(limiter.refusal(200, 1, 1)).toBeDefined()
  })

  it('keep the lower of what answers to the very first calls told, which came in any order', () => {
    for (const remaining of [
      [7, 8, 9],
      [9, 8, 7],
    ]) {
      const limiter = new Limiter()
      const calls = remaining.map(() => limiter.take(0, 10, 10))
      calls.forEach((call, index) => {
        limiter.learn([{ counts: 'requests', limit: 10, remaining: remaining[index] as number }], call, 5)
      })
      expect(limiter.report(5)).toMatchObject([{ remaining: 7 }])
    }
  })

  it('take a call that began before there was a limiter for one of the very first', () => {
    const limiter = new Limiter()
    limiter.learn([{ counts: 'requests', limit: 100, remaining: 50 }], undefined, 0)
    limiter.take(0, 10, 10)
    limiter.learn([{ counts: 'requests', limit: 100, remaining: 60 }], undefined, 0)
    expect(limiter.report(0)).toMatchObject([{ remaining: 49 }])
    limiter.learn([{ counts: 'requests', limit: 100, remaining: 20 }], undefined, 0)
    expect(limiter.report(0)).toMatchObject([{ remaining: 19 }])
  })

  it('give back what a call was counted with and did not use, and what never went out', () => {
    const limiter = told({ counts: 'tokens', limit: 10_000, remaining: 5000 })
    const call = limiter.take(0, 1000, 3000)
    expect(limiter.refusal(0, 1000, 1000)).toBeDefined()
    limiter.settle(call, { ...noUsage, uncachedInputTokens: 1000, outputTextTokens: 100 }, 0)
    expect(limiter.report(0)).toMatchObject([{ remaining: 3900 }])
    limiter.release(limiter.take(0, 2000, 1000), 0)
    expect(limiter.report(0)).toMatchObject([{ remaining: 3900 }])
  })

  it('have that already for a call that was sent before the one whose answer told', () => {
    const limiter = told({ counts: 'tokens', limit: 10_000, remaining: 5000 })
    const [older, newer] = [limiter.take(0, 1000, 3000), limiter.take(0, 10, 10)]
    limiter.learn([{ counts: 'tokens', limit: 10_000, remaining: 4000 }], newer, 0)
    limiter.settle(older, noUsage, 0)
    expect(limiter.report(0)).toMatchObject([{ remaining: 4000 }])
  })

  it('never rule a call out for good, however large: the service may count otherwise', () => {
    const limiter = told({ counts: 'tokens', limit: 10_000, remaining: 5000, resetsInMs: 30_000 })
    const refusal = limiter.refusal(0, 50_000, 50_000)
    expect(refusal?.readyAt).toBe(30_001)
    expect(limiter.refusal(30_001, 50_000, 50_000)).toBeUndefined()
    limiter.take(30_001, 50_000, 50_000)
    expect(limiter.refusal(30_001, 1, 1)?.readyAt).toBeLessThanOrEqual(30_001 + 2 * 60_000)
  })

  it('of unknown size are forgotten at their reset, or after a minute', () => {
    const limiter = told(
      { counts: 'requests', remaining: 0, resetsInMs: 2000 },
      { counts: 'tokens', remaining: 100, resetsInMs: 5000 },
    )
    expect(limiter.refusal(0, 1, 1)?.readyAt).toBe(2000)
    expect(limiter.refusal(0, 1, 100)?.readyAt).toBe(5000)
    expect(limiter.refusal(2000, 1, 1)).toBeUndefined()
    expect(limiter.report(2000)).toEqual([{ source: 'learned', counts: 'tokens', remaining: 100 }])
    expect(limiter.report(5000)).toEqual([])
    expect(told({ counts: 'requests', remaining: 0 }).refusal(0, 1, 1)?.readyAt).toBe(60_000)
  })

  it('without a reset come back within a minute', () => {
    const limiter = told({ counts: 'requests', limit: 1800, remaining: 0 })
    expect(limiter.report(60_000)).toMatchObject([{ limit: 1800, remaining: 1800 }])
  })

  it('may have more left than the limit, where a service lets bursts through', () => {
    expect(told({ counts: 'requests', limit: 30, remaining: 59, resetsInMs: 2000 }).report(0)).toMatchObject([
      { limit: 59, used: 0, remaining: 59 },
    ])
  })

  it('are not learned from nonsense', () => {
    const nonsense = [
      { remaining: -1 },
      { remaining: Number.NaN },
      { remaining: 1e15 },
      { remaining: Infinity },
      { remaining: 0, limit: 0 },
      { remaining: 0, limit: -5 },
      { remaining: 0, limit: Number.NaN },
      { remaining: 0, limit: Infinity },
      { remaining: 0, resetsInMs: -1 },
      { remaining: 0, resetsInMs: Number.NaN },
      { remaining: 0, resetsInMs: 1e12 },
    ]
    for (const fields of nonsense)
      expect(told({ counts: 'requests', ...fields }).idle, JSON.stringify(fields)).toBe(true)
  })

  it('hold calls back before a service that works by a token bucket would answer 429', () => {
    const call = fc.record({ stepMs: fc.integer({ min: 0, max: 400 }), flightMs: fc.integer({ min: 1, max: 3000 }) })
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 600 }),
        fc.array(call, { minLength: 50, maxLength: 300 }),
        (rpm, calls) => {
          const limiter = new Limiter()
          const perMs = rpm / 60_000
          let left = rpm / 10
          const burst = left
          let at = 0
          let now = 0
          let answers: { at: number; run: () => void }[] = []
          const answer = (until: number): void => {
            for (const due of answers.filter((one) => one.at <= until).toSorted((a, b) => a.at - b.at)) due.run()
            answers = answers.filter((one) => one.at > until)
          }
          limiter.learn(
            [{ counts: 'requests', limit: burst, remaining: burst - 1, resetsInMs: 0 }],
            limiter.take(0, 0, 0),
            0,
          )
          left -= 1
          for (const { stepMs, flightMs } of calls) {
            now += stepMs
            answer(now)
            const refusal = limiter.refusal(now, 1, 1)
            if (refusal) {
              expect(refusal.readyAt).toBeLessThan(Infinity)
              now = refusal.readyAt
              expect(limiter.refusal(now, 1, 1)).toBeUndefined()
              answer(now)
              if (limiter.refusal(now, 1, 1)) continue
            }
            left = Math.min(burst, left + (now - at) * perMs)
            at = now
            const reservation = limiter.take(now, 1, 1)
            // The first report says nothing of how fast the limit comes back, so that a minute is assumed: slower than it is.
            expect(left).toBeGreaterThanOrEqual(1 - 1e-6)
            left -= 1
            const [limit, remaining, sentAt] = [burst, left, now]
            const report: RateLimit = { counts: 'requests', limit, remaining, resetsInMs: (burst - left) / perMs }
            answers.push({ at: now + flightMs, run: () => limiter.learn([report], reservation, sentAt + flightMs) })
          }
        },
      ),
    )
  })
})

const noUsage = {
  uncachedInputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 0,
  reasoningTokens: 0,
}
