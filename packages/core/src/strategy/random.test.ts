import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../runtime/random.ts'
import { countChoices, createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import { random } from './random.ts'

describe('random', () => {
  it('makes every target first equally often', () => {
    const counts = countChoices(random, createCandidates({}, { weight: 9 }, {}, { inFlight: 9 }), 40_000)
    for (const count of Object.values(counts)) expect(count / 40_000).toBeCloseTo(1 / 4, 2)
  })

  it('makes every order equally often', () => {
    const all = createCandidates({}, {}, {})
    const draw = createSeededRandom(5)
    const counts = new Map<string, number>()
    for (let time = 0; time < 30_000; time++) {
      const order = orderOf(random, all, createContext({ random: draw }))
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(count / 30_000).toBeCloseTo(1 / 6, 2)
  })
})
