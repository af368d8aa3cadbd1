import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choose, chooseTimes, countChoices, createCandidates } from './__fixtures__/candidates.ts'
import { createWeighted } from './weighted.ts'

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 })

describe('weighted', () => {
  it('holds every share within 1 %, or two calls, of any number of requests', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 10_000 }), (given, requests) => {
        const all = createCandidates(...given.map((weight) => ({ weight })))
        const total = given.reduce((sum, weight) => sum + weight, 0)
        const counts = countChoices(createWeighted(), all, requests)
        for (const { model, weight } of all) {
          const due = (requests * weight) / total
          expect(Math.abs((counts[model] ?? 0) - due)).toBeLessThanOrEqual(Math.max(0.01 * due, 2))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('spreads the calls of one target evenly', () => {
    const word = chooseTimes(createWeighted(), createCandidates({ weight: 6 }, { weight: 1 }, { weight: 1 }), 800)
    for (const model of ['b', 'c']) {
      const gaps = word
        .split(model)
        .slice(1, -1)
        .map(({ length }) => length)
      expect(Math.max(...gaps)).toBeLessThanOrEqual(8)
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(6)
    }
  })

  it('lets targets of one weight come one by one between the calls of a heavy one', () => {
    const light = Array.from({ length: 8 }, () => ({ weight: 1 }))
    const word = chooseTimes(createWeighted(), createCandidates({ weight: 8 }, ...light), 1600)
    const runs = word.split('a').map(({ length }) => length)
    expect(Math.max(...runs)).toBeLessThanOrEqual(4)
  })

  it('does not make up for what a target missed', () => {
    const all = createCandidates({ weight: 3 }, { weight: 1 }, { weight: 1 })
    const strategy = createWeighted()
    chooseTimes(strategy, all, 10)
    chooseTimes(strategy, all.slice(1), 1000)
    expect(countChoices(strategy, all, 5)['a']).toBeLessThanOrEqual(4)
    expect(countChoices(strategy, all, 100)['a']).toBeGreaterThanOrEqual(59)
    expect(countChoices(strategy, all, 100)['a']).toBeLessThanOrEqual(61)
  })

  it('gives a newcomer no burst', () => {
    const [newcomer, ...others] = createCandidates({}, {}, {})
    const all = [newcomer!, ...others]
    const strategy = createWeighted()
    chooseTimes(strategy, others, 1000)
    expect(countChoices(strategy, all, 30)['a']).toBeLessThanOrEqual(11)
    expect(countChoices(strategy, all, 30)).toEqual({ a: 10, b: 10, c: 10 })
  })

  it('keeps shares among some of the targets while others are out', () => {
    const all = createCandidates({ weight: 2 }, { weight: 1 }, { weight: 5 })
    const strategy = createWeighted()
    chooseTimes(strategy, all, 13)
    const { a, b } = countChoices(strategy, all.slice(0, 2), 3000)
    expect(a! / b!).toBeCloseTo(2, 1)
  })

  it('weight 0 is for when nobody else is left', () => {
    const all = createCandidates({ weight: 0 }, { weight: 1 }, { weight: 0 })
    const strategy = createWeighted()
    expect(countChoices(strategy, all, 100)).toEqual({ a: 0, b: 100, c: 0 })
    expect(choose(strategy, all.slice(0, 1)).model).toBe('a')
    expect(countChoices(strategy, all, 100)).toEqual({ a: 0, b: 100, c: 0 })
  })
})
