import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlicedWindow } from './sliced-window.ts'

interface Sample {
  readonly lane: number
  readonly amount: number
  readonly at: number
}

/** A window as one would write it down: every sample with its time. */
class NaiveWindow {
  readonly #samples: Sample[] = []
  #latest = Number.NEGATIVE_INFINITY

  add(lane: number, amount: number, now: number): void {
    this.#latest = Math.max(this.#latest, now)
    this.#samples.push({ lane, amount, at: this.#latest })
  }

  /** The sum of what is younger than `ageMs`. */
  sumYoungerThan(ageMs: number, lane: number, now: number): number {
    this.#latest = Math.max(this.#latest, now)
    return this.#samples
      .filter((sample) => sample.lane === lane && this.#latest - sample.at < ageMs)
      .reduce((sum, { amount }) => sum + amount, 0)
  }
}

const shape = fc.record({ sliceMs: fc.integer({ min: 1, max: 6000 }), slices: fc.integer({ min: 1, max: 12 }) })
/** Half units, as the circuit adds them, so that sums are exact. */
const amount = fc.integer({ min: 0, max: 8 }).map((halves) => halves / 2)
/** Steps around the size of a slice, of a window and far beyond, and backwards. */
const stepMs = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 7000, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -100_000, max: 0 }) },
)
const steps = fc.array(fc.record({ stepMs, lane: fc.integer({ min: 0, max: 2 }), amount, adds: fc.boolean() }), {
  maxLength: 80,
})
const start = fc.integer({ min: -100_000, max: 1_000_000 })

describe('SlicedWindow', () => {
  it('counts all that is younger than the window less a slice and nothing older than the window', () => {
    fc.assert(
      fc.property(shape, start, steps, ({ sliceMs, slices }, startAt, script) => {
        const durationMs = sliceMs * slices
        const window = new SlicedWindow(durationMs, slices, 3)
        const naive = new NaiveWindow()
        let now = startAt
        for (const step of script) {
          now += step.stepMs
          if (step.adds) {
            window.add(step.lane, step.amount, now)
            naive.add(step.lane, step.amount, now)
          }
          for (const lane of [0, 1, 2]) {
            const sum = window.sum(lane, now)
            expect(sum).toBeGreaterThanOrEqual(naive.sumYoungerThan(durationMs - sliceMs, lane, now))
            // The division into slices may be off by one rounding.
            expect(sum).toBeLessThanOrEqual(naive.sumYoungerThan(durationMs * (1 + 1e-9), lane, now))
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never drops the newest sample, not even with a single slice', () => {
    fc.assert(
      fc.property(shape, start, steps, ({ sliceMs, slices }, startAt, script) => {
        const window = new SlicedWindow(sliceMs * slices, slices, 3)
        let now = startAt
        for (const { stepMs: step, lane, amount: added } of script) {
          now += step
          const before = window.sum(lane, now)
          window.add(lane, added, now)
          expect(window.sum(lane, now)).toBe(before + added)
        }
      }),
    )
  })

  it('takes what comes from the past for new, and forgets nothing for it', () => {
    const window = new SlicedWindow(1000, 10, 1)
    window.add(0, 1, 5000)
    window.add(0, 1, 10)
    expect(window.sum(0, -7)).toBe(2)
    expect(window.sum(0, 5000)).toBe(2)
    expect(window.sum(0, 6000)).toBe(0)
  })

  it('is empty once the window has passed, and after clear', () => {
    fc.assert(
      fc.property(shape, start, amount, ({ sliceMs, slices }, at, added) => {
        const window = new SlicedWindow(sliceMs * slices, slices, 2)
        window.add(1, added, at)
        expect(window.sum(0, at)).toBe(0)
        expect(window.sum(1, at + sliceMs * slices)).toBe(0)
        window.add(1, added, at)
        window.clear()
        expect(window.sum(1, at)).toBe(0)
      }),
    )
  })

  it('keeps a slice for exactly as long as the window', () => {
    const window = new SlicedWindow(60_000, 10, 1)
    window.add(0, 1, 0)
    window.add(0, 1, 5999)
    window.add(0, 1, 6000)
    expect(window.sum(0, 59_999)).toBe(3)
    expect(window.sum(0, 60_000)).toBe(1)
    expect(window.sum(0, 66_000)).toBe(0)
  })

  it('corrects a slice of before as if it had been right from the start, and none that is out of date', () => {
    const change = fc.record({ stepMs: fc.nat(3000), amount, corrected: amount, after: fc.nat(12) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(change, { maxLength: 40 }), (slices, changes) => {
        const window = new SlicedWindow(slices * 1000, slices, 2)
        const right = new SlicedWindow(slices * 1000, slices, 2)
        const added: { slice: number; less: number; due: number }[] = []
        let now = 0
        changes.forEach(({ stepMs: step, amount: real, corrected: less, after }, index) => {
          now += step
          window.add(1, real + less, now)
          right.add(1, real, now)
          added.push({ slice: window.newest, less, due: index + after })
          for (const { slice, less: excess, due } of added) if (due === index) window.correct(1, -excess, slice, now)
          const open = added.filter(({ slice, due }) => due > index && slice > window.newest - slices)
          expect(window.sum(1, now)).toBe(right.sum(1, now) + open.reduce((sum, { less: excess }) => sum + excess, 0))
          expect(window.sum(0, now)).toBe(0)
        })
      }),
    )
  })

  it('tells when a sum will have fallen: then, and not before', () => {
    fc.assert(
      fc.property(shape, start, steps, fc.double({ min: 0, max: 1, noNaN: true }), (sizes, startAt, script, share) => {
        const window = new SlicedWindow(sizes.sliceMs * sizes.slices, sizes.slices, 3)
        let now = startAt
        for (const step of script) {
          now += Math.abs(step.stepMs)
          window.add(step.lane, step.amount, now)
        }
        const sum = window.sum(1, now)
        const amount = Math.ceil(sum * share)
        const at = window.fallsAt(1, amount, now)
        expect(window.fallsAt(1, sum + 1, now)).toBe(Infinity)
        if (amount === 0 || amount > sum) return
        expect(at).toBeGreaterThan(now)
        expect(window.sum(1, Math.max(now, at - 1))).toBeGreaterThan(sum - amount)
        expect(window.sum(1, at)).toBeLessThanOrEqual(sum - amount)
      }),
    )
  })
})
