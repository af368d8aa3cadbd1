import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../runtime/random.ts'
import { Quantile } from './quantile.ts'

const halfLife = 100

/** Half a bucket of eight to a doubling, and a rounding. */
const bound = 2 ** (1 / 16) - 1 + 1e-9

/** The quantile as one would write it down: all samples sorted, each counting half for every hundred that were full since. */
function exactQuantile(share: number, samples: readonly number[]): number {
  const full = Math.floor(samples.length / halfLife)
  const weighed = samples.map((ms, index) => ({ ms, weight: 2 ** (Math.floor(index / halfLife) - full) }))
  weighed.sort((a, b) => a.ms - b.ms)
  const rank = share * weighed.reduce((sum, { weight }) => sum + weight, 0)
  let upTo = 0
  for (const { ms, weight } of weighed) {
    upTo += weight
    if (upTo >= rank) return ms
  }
  return weighed.at(-1)?.ms ?? 0
}

/** By what share of the lesser one the two differ. */
function distance(estimate = 0, exact: number): number {
  return Math.max(estimate / exact, exact / estimate) - 1
}

const time = fc.oneof(
  fc.double({ min: 1, max: 1_000_000, noNaN: true }),
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(1, 2, 4, 1024, 15_000, 2 ** (1 / 8), 2 ** (100 / 8)),
)
const times = fc.oneof(
  fc.array(time, { minLength: 20, maxLength: 60 }),
  fc.array(time, { minLength: 1, maxLength: 900 }),
)
// Shares of which every rank is exact, so that both sides agree on which sample is meant.
const share = fc.constantFrom(0.125, 0.5, 0.75, 0.9375, 0.96875)

describe('Quantile', () => {
  it('is within 4.5 % of the exact quantile after every sample', () => {
    fc.assert(
      fc.property(share, times, (which, samples) => {
        const quantile = new Quantile(which, 1)
        const seen: number[] = []
        for (const [index, ms] of samples.entries()) {
          quantile.add(ms)
          seen.push(ms)
          if (index < 130 || index % 37 === 0 || (index + 1) % halfLife < 2) {
            expect(distance(quantile.value, exactQuantile(which, seen))).toBeLessThanOrEqual(bound)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it.each([0.5, 0.9, 0.95, 0.99])('stays close over a million samples of one distribution, at %d', (which) => {
    const random = createSeededRandom(7)
    // Exponential, of mean 500 ms, so that the exact quantile is known.
    const exact = -500 * Math.log(1 - which)
    const quantile = new Quantile(which)
    let sum = 0
    for (let sample = 1; sample <= 1_000_000; sample++) {
      quantile.add(-500 * Math.log(1 - random()))
      if (sample % 100 === 50) sum += quantile.value ?? 0
    }
    expect(sum / 10_000 / exact).toBeGreaterThan(0.9)
    expect(sum / 10_000 / exact).toBeLessThan(1.1)
  })

  it('says nothing before it has samples enough', () => {
    const quantile = new Quantile(0.95)
    for (let sample = 1; sample < 20; sample++) {
      quantile.add(100)
      expect(quantile.value).toBeUndefined()
    }
    quantile.add(100)
    expect(distance(quantile.value, 100)).toBeLessThanOrEqual(bound)
  })

  it('follows a shift: up within 20 samples, down within 500, wherever it comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 2000 }), (before) => {
        const quantile = new Quantile(0.95)
        for (let sample = 0; sample < before; sample++) quantile.add(200)
        for (let sample = 0; sample < 20; sample++) quantile.add(8000)
        expect(distance(quantile.value, 8000)).toBeLessThanOrEqual(bound)
        for (let sample = 0; sample < 500; sample++) quantile.add(200)
        expect(distance(quantile.value, 200)).toBeLessThanOrEqual(bound)
      }),
    )
  })

  it('takes what is out of its range for the nearest within, and is never lost by it', () => {
    const quantile = new Quantile(0.5, 1)
    for (const [ms, nearest] of [
      [0, 1],
      [0.001, 1],
      [-5, 1],
      [1e12, 2 ** 20],
      [Infinity, 2 ** 20],
    ] as const) {
      for (let sample = 0; sample < 500; sample++) quantile.add(ms)
      expect(distance(quantile.value, nearest)).toBeLessThanOrEqual(bound)
    }
    for (let sample = 0; sample < 500; sample++) quantile.add(700)
    expect(distance(quantile.value, 700)).toBeLessThanOrEqual(bound)
  })
})
