import { describe, expect, it } from 'vitest'
import { countChoices, createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import { createSeededRandom } from '../runtime/random.ts'
import { createWeightedRandom } from './weighted-random.ts'

describe('weighted-random', () => {
  it('draws in proportion to weights', () => {
    const all = createCandidates({ weight: 5 }, { weight: 0 }, { weight: 3 }, { weight: 2 })
    const counts = countChoices(createWeightedRandom(), all, 100_000)
    for (const { model, weight } of all) expect(counts[model]! / 100_000).toBeCloseTo(weight / 10, 2)
    expect(counts['b']).toBe(0)
  })

  it('draws the next ones in proportion among what is left', () => {
    const all = createCandidates({ weight: 8 }, { weight: 0 }, { weight: 1 }, { weight: 3 })
    const random = createSeededRandom(4)
    const strategy = createWeightedRandom()
    const orders = Array.from({ length: 40_000 }, () => orderOf(strategy, all, createContext({ random })))
    const afterA = orders.filter((order) => order.startsWith('a'))
    expect(afterA.filter((order) => order[1] === 'd').length / afterA.length).toBeCloseTo(3 / 4, 1)
    expect(orders.every((order) => order.endsWith('b'))).toBe(true)
  })

  it('never draws what has no weight, not even with the smallest number', () => {
    expect(
      orderOf(createWeightedRandom(), createCandidates({ weight: 0 }, {}), createContext({ random: () => 0 })),
    ).toBe('ba')
  })

  it('goes by weights among some of the targets too', () => {
    const all = createCandidates({ weight: 1 }, { weight: 3 }, { weight: 9 })
    const strategy = createWeightedRandom()
    countChoices(strategy, all, 10)
    const { a } = countChoices(strategy, all.slice(0, 2), 40_000)
    expect(a! / 40_000).toBeCloseTo(1 / 4, 2)
  })
})
