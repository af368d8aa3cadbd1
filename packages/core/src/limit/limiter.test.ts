import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../provider/usage.ts'
import { Limiter, type Reservation } from './limiter.ts'
import type { Limits } from './limits.ts'

function usageOf(input: number, output: number): Usage {
  const cacheReadTokens = Math.floor(input / 2)
  const reasoningTokens = Math.floor(output / 3)
  return {
    uncachedInputTokens: input - cacheReadTokens,
    cacheReadTokens,
    cacheWriteTokens: 0,
    outputTextTokens: output - reasoningTokens,
    reasoningTokens,
  }
}

interface Logged {
  readonly at: number
  readonly requests: number
  readonly input: number
  readonly output: number
}

const minuteMs = 60_000

/** The most that any span of a minute has, by brute force. */
function mostInAnyMinute(log: readonly Logged[], amount: (entry: Logged) => number): number {
  let most = 0
  for (const first of log) {
    const within = log.filter(({ at }) => at >= first.at && at < first.at + minuteMs)
    most = Math.max(
      most,
      within.reduce((sum, entry) => sum + amount(entry), 0),
    )
  }
  return most
}

function expectWithin(limits: Limits, log: readonly Logged[]): void {
  const { rpm = Infinity, tpm = Infinity, inputTpm = Infinity, outputTpm = Infinity } = limits
  expect(mostInAnyMinute(log, ({ requests }) => requests)).toBeLessThanOrEqual(rpm)
  expect(mostInAnyMinute(log, ({ input, output }) => input + output)).toBeLessThanOrEqual(tpm)
  expect(mostInAnyMinute(log, ({ input }) => input)).toBeLessThanOrEqual(inputTpm)
  expect(mostInAnyMinute(log, ({ output }) => output)).toBeLessThanOrEqual(outputTpm)
}

const arbitraryLimits = fc.record(
  {
    rpm: fc.integer({ min: 1, max: 12 }),
    tpm: fc.integer({ min: 20, max: 400 }),
    inputTpm: fc.integer({ min: 20, max: 300 }),
    outputTpm: fc.integer({ min: 20, max: 300 }),
    concurrency: fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
)
const tokens = fc.integer({ min: 0, max: 80 })
const stepMs = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 3, arbitrary: fc.double({ min: 0, max: 20_000, noNaN: true }) },
  { weight: 1, arbitrary: fc.integer({ min: 55_000, max: 130_000 }) },
)
const arbitraryCall = fc.record({
  type: fc.constant('call' as const),
  stepMs,
  input: tokens,
  output: tokens,
  waits: fc.boolean(),
})
const arbitraryEnd = fc.record({
  type: fc.constantFrom('settle' as const, 'release' as const, 'unknown' as const),
  stepMs,
  which: fc.nat(),
  /** Share of what was reserved that was used, so that no reservation was too small. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
})
const script = fc.array(fc.oneof({ weight: 3, arbitrary: arbitraryCall }, { weight: 1, arbitrary: arbitraryEnd }), {
  maxLength: 120,
})
const start = fc.integer({ min: 0, max: 1e9 })

describe('Limiter', () => {
  it('has no more in any 60 s than a limit allows, however calls come, and lets them in at the time it tells', () => {
    fc.assert(
      fc.property(arbitraryLimits, start, script, (limits, startAt, steps) => {
        const limiter = new Limiter(limits)
        const log: Logged[] = []
        const open: { reservation: Reservation; entry: number; input: number; output: number }[] = []
        let now = startAt
        for (const step of steps) {
          now += step.stepMs
          if (step.type !== 'call') {
            const [call] = open.length === 0 ? [] : open.splice(step.which % open.length, 1)
            if (call === undefined) continue
            const { reservation, entry, input, output } = call
            const { at } = log[entry] as Logged
            if (step.type === 'unknown') limiter.settle(reservation, undefined, now)
            else if (step.type === 'release') {
              limiter.release(reservation, now)
              log[entry] = { at, requests: 0, input: 0, output: 0 }
            } else {
              const used = { input: Math.floor(input * step.share), output: Math.floor(output * step.share) }
              limiter.settle(reservation, usageOf(used.input, used.output), now)
              log[entry] = { at, requests: 1, ...used }
            }
            continue
          }
          const { input, output } = step
          const refusal = limiter.refusal(now, input, output)
          if (refusal && refusal.readyAt < Infinity) {
            expect(refusal.readyAt).toBeGreaterThan(now)
            expect(refusal.readyAt).toBeLessThanOrEqual(now + 61_000)
            if (step.waits) {
              now = refusal.readyAt
              expect(limiter.refusal(now, input, output)).toBeUndefined()
            }
          }
          if (limiter.refusal(now, input, output)) continue
          open.push({ reservation: limiter.take(now, input, output), entry: log.length, input, output })
          log.push({ at: now, requests: 1, input, output })
          expect(open.length).toBeLessThanOrEqual(limits.concurrency ?? Infinity)
        }
        expectWithin(limits, log)
      }),
      { numRuns: 400 },
    )
  })

  it('refuses no call that the last 61 s have room for, and tells no later time than needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        start,
        fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 80 }),
        (rpm, startAt, gaps) => {
          const limiter = new Limiter({ rpm })
          const begun: number[] = []
          let now = startAt
          for (const gapMs of gaps) {
            now += gapMs
            const recent = begun.filter((at) => at > now - 61_000)
            const refusal = limiter.refusal(now, 5, 5)
            if (recent.length < rpm) expect(refusal).toBeUndefined()
            if (refusal === undefined) {
              limiter.take(now, 5, 5)
              begun.push(now)
            } else {
              // The oldest of the newest `rpm` calls has to be a minute old.
              const due = (begun.at(-rpm) as number) + minuteMs
              expect(refusal.readyAt).toBeGreaterThanOrEqual(due)
              expect(refusal.readyAt).toBeLessThanOrEqual(due + 1000)
            }
          }
        },
      ),
    )
  })

  it('never counts less than nothing, whatever ends in whatever order', () => {
    const wild = fc.oneof(fc.integer({ min: -50, max: 500 }), fc.constantFrom(Number.NaN, 1e300, -1e300, 1e8, 0.5))
    const event = fc.record({
      stepMs: fc.oneof(stepMs, fc.integer({ min: -70_000, max: 0 })),
      type: fc.constantFrom('take', 'settle', 'release', 'learn', 'reconfigure'),
      which: fc.nat(),
      input: tokens,
      output: tokens,
      used: wild,
      remaining: wild,
      counts: fc.constantFrom(
        'requests' as const,
        'tokens' as const,
        'input-tokens' as const,
        'output-tokens' as const,
      ),
      limit: fc.option(wild, { nil: undefined }),
      limits: fc.option(arbitraryLimits, { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.option(arbitraryLimits, { nil: undefined }),
        fc.array(event, { maxLength: 100 }),
        (limits, events) => {
          const limiter = new Limiter(limits)
          const open: Reservation[] = []
          let now = 1e6
          for (const {
            stepMs: step,
            type,
            which,
            input,
            output,
            used,
            remaining,
            counts,
            limit,
            limits: next,
          } of events) {
            now += step
            const reservation = open[which % Math.max(1, open.length)]
            if (type === 'take') open.push(limiter.take(now, input, output))
            else if (type === 'reconfigure') limiter.reconfigure(next)
            else if (reservation !== undefined) {
              if (type === 'learn')
                limiter.learn([{ counts, remaining, ...(limit ? { limit } : {}) }], reservation, now)
              else open.splice(open.indexOf(reservation), 1)
              if (type === 'settle') limiter.settle(reservation, { ...usageOf(0, 0), outputTextTokens: used }, now)
              if (type === 'release') limiter.release(reservation, now)
            }
            for (const report of limiter.report(now)) {
              expect(report.remaining).toBeGreaterThanOrEqual(0)
              if (report.used !== undefined) expect(report.used).toBeGreaterThanOrEqual(0)
            }
            expect(limiter.expectedOutput).toBeGreaterThanOrEqual(0)
            const refusal = limiter.refusal(now, input, output)
            if (refusal) expect(refusal.readyAt).not.toBeNaN()
          }
          for (const reservation of open) limiter.settle(reservation, undefined, now)
          limiter.reconfigure({ concurrency: 1 })
          expect(limiter.report(now).find((report) => report.counts === 'concurrency')).toMatchObject({ used: 0 })
          // Whatever went on, the last minute is over some day.
          now += 48 * 60 * minuteMs
          limiter.reconfigure({ rpm: 1, tpm: 200 })
          expect(limiter.refusal(now, 10, 10)).toBeUndefined()
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is idle without limits, counts nothing then, and gives the same reservation to all', () => {
    for (const limiter of [new Limiter(), new Limiter({})]) {
      expect(limiter.idle).toBe(true)
      const first = limiter.take(0, 1e6, 1e6)
      expect(limiter.take(0, 1e6, 1e6)).toBe(first)
      expect(limiter.refusal(0, 1e6, 1e6)).toBeUndefined()
      expect(limiter.report(0)).toEqual([])
    }
    for (const limits of [{ rpm: 1 }, { tpm: 1 }, { inputTpm: 1 }, { outputTpm: 1 }, { concurrency: 1 }]) {
      expect(new Limiter(limits).idle).toBe(false)
    }
  })

  it('tells which limit it is', () => {
    const limiter = new Limiter({ rpm: 2, inputTpm: 100, outputTpm: 50, concurrency: 3 })
    expect(limiter.refusal(0, 101, 0)).toEqual({
      what: 'it needs 101, over its limit of 100 input tokens a minute',
      readyAt: Infinity,
    })
    const first = limiter.take(0, 60, 10)
    expect(limiter.refusal(500, 50, 10)).toEqual({
      what: 'its limit of 100 input tokens a minute is used up',
      readyAt: 61_000,
    })
    limiter.take(20_000, 10, 10)
    expect(limiter.refusal(20_000, 1, 1)).toEqual({
      what: 'its limit of 2 requests a minute is used up',
      readyAt: 61_000,
    })
    expect(limiter.refusal(20_000, 1, 45)).toEqual({
      what: 'its limit of 50 output tokens a minute is used up',
      readyAt: 81_000,
    })
    limiter.reconfigure({ concurrency: 2 })
    expect(limiter.refusal(20_000, 1, 1)).toEqual({
      what: 'its limit of 2 calls at the same time is used up',
      readyAt: Infinity,
      isFull: true,
    })
    limiter.settle(first, undefined, 20_000)
    expect(limiter.refusal(20_000, 1, 1)).toBeUndefined()
  })

  it('counts an answer as it was once that is known: what was less at once, what was more from then on', () => {
    const limiter = new Limiter({ tpm: 1000 })
    const short = limiter.take(0, 100, 800)
    expect(limiter.refusal(1000, 100, 100)).toMatchObject({ readyAt: 61_000 })
    limiter.settle(short, usageOf(100, 20), 2000)
    expect(limiter.report(2000)).toEqual([{ source: 'set', counts: 'tokens', limit: 1000, used: 120, remaining: 880 }])
    const long = limiter.take(3000, 100, 10)
    limiter.settle(long, usageOf(100, 5000), 50_000)
    expect(limiter.report(50_000)).toMatchObject([{ used: 5220, remaining: 0 }])
    expect(limiter.refusal(50_000, 0, 0)).toMatchObject({ readyAt: 111_000 })
    expect(limiter.report(110_999)).toMatchObject([{ used: 4990 }])
    expect(limiter.report(111_000)).toMatchObject([{ used: 0 }])
  })

  it('does not give back what has left the window already', () => {
    const limiter = new Limiter({ tpm: 1000 })
    const slow = limiter.take(0, 100, 800)
    limiter.take(61_000, 10, 10)
    limiter.settle(slow, usageOf(0, 0), 61_000)
    expect(limiter.report(61_000)).toMatchObject([{ used: 20 }])
  })

  it('keeps what was counted when limits change, and what is in flight always', () => {
    const limiter = new Limiter({ rpm: 10 })
    for (let call = 0; call < 5; call++) limiter.take(1000, 10, 10)
    limiter.reconfigure({ rpm: 5, tpm: 1000, concurrency: 6 })
    expect(limiter.report(2000)).toEqual([
      { source: 'set', counts: 'requests', limit: 5, used: 5, remaining: 0 },
      { source: 'set', counts: 'tokens', limit: 1000, used: 100, remaining: 900 },
      { source: 'set', counts: 'concurrency', limit: 6, used: 5, remaining: 1 },
    ])
    limiter.reconfigure(undefined)
    expect(limiter.idle).toBe(true)
  })

  it('takes nothing from others for a call that began under limits which are gone', () => {
    const limiter = new Limiter({ rpm: 10 })
    const old = limiter.take(1000, 10, 10)
    limiter.reconfigure(undefined)
    limiter.reconfigure({ rpm: 10 })
    limiter.take(1000, 10, 10)
    limiter.release(old, 1000)
    expect(limiter.report(1000)).toMatchObject([{ used: 1 }])
  })

  it('expects answers of the length that answers have had', () => {
    const limiter = new Limiter()
    expect(limiter.expectedOutput).toBe(500)
    limiter.settle(limiter.take(0, 1, 1), usageOf(5, 100), 0)
    expect(limiter.expectedOutput).toBe(100)
    limiter.settle(limiter.take(0, 1, 1), usageOf(5, 200), 0)
    expect(limiter.expectedOutput).toBe(110)
    limiter.settle(limiter.take(0, 1, 1), undefined, 0)
    limiter.settle(limiter.take(0, 1, 1), { ...usageOf(5, 0), outputTextTokens: Number.NaN }, 0)
    limiter.settle(limiter.take(0, 1, 1), usageOf(5, 1e10), 0)
    expect(limiter.expectedOutput).toBe(110)
  })
})
