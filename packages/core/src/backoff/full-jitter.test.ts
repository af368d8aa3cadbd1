import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../runtime/random.ts'
import { fullJitter } from './full-jitter.ts'

const backoff = fc.record({
  baseMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  capMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
})

describe('fullJitter', () => {
  it('stays between 0 and the doubled base, and never above the cap, for any number of retries', () => {
    fc.assert(
      fc.property(
        backoff,
        fc.integer({ min: -3, max: 5000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (given, retry, drawn) => {
          const waitMs = fullJitter(given, retry, () => drawn)
          expect(waitMs).toBeGreaterThanOrEqual(0)
          expect(waitMs).toBeLessThanOrEqual(given.capMs)
          if (retry <= 0) expect(waitMs).toBeLessThanOrEqual(given.baseMs)
          else if (retry < 50) expect(waitMs).toBeLessThanOrEqual(given.baseMs * 2 ** retry)
        },
      ),
    )
  })

  it('doubles its ceiling with each retry until the cap', () => {
    const almostOne = (): number => 1 - Number.EPSILON / 2
    const ceilings = [0, 1, 2, 3, 4].map((retry) =>
      Math.round(fullJitter({ baseMs: 250, capMs: 3000 }, retry, almostOne)),
    )
    expect(ceilings).toEqual([250, 500, 1000, 2000, 3000])
  })

  it('draws evenly: each tenth of the range gets its share', () => {
    const random = createSeededRandom(7)
    const draws = 20_000
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let draw = 0; draw < draws; draw++) {
      const tenth = Math.floor(fullJitter({ baseMs: 250, capMs: 20_000 }, 2, random) / 100)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    // Five standard deviations of a binomial share of a tenth.
    const tolerance = 5 * Math.sqrt(draws * 0.1 * 0.9)
    for (const count of tenths) expect(Math.abs(count - draws / 10)).toBeLessThan(tolerance)
  })

  it('repeats with the same seed', () => {
    const draw = (seed: number): number[] => {
      const random = createSeededRandom(seed)
      return Array.from({ length: 50 }, (_, retry) => fullJitter({ baseMs: 250, capMs: 20_000 }, retry, random))
    }
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(draw(seed)).toEqual(draw(seed))
        expect(draw(seed)).not.toEqual(draw(seed + 1))
      }),
    )
  })
})
