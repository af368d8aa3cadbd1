import { describe, expect, it } from 'vitest'
import { choose, chooseTimes, countChoices, createCandidates, createContext } from './__fixtures__/candidates.ts'
import { createRoundRobin } from './round-robin.ts'

describe('round-robin', () => {
  it('goes round in the order of the stage', () => {
    expect(chooseTimes(createRoundRobin(), createCandidates({}, {}, {}), 7)).toBe('abcabca')
  })

  it('spreads evenly', () => {
    expect(countChoices(createRoundRobin(), createCandidates({}, {}, {}, {}), 10_000)).toEqual({
      a: 2500,
      b: 2500,
      c: 2500,
      d: 2500,
    })
  })

  it('counts turns taken among some of the targets', () => {
    const all = createCandidates({}, {}, {})
    const strategy = createRoundRobin()
    expect(choose(strategy, all.slice(1)).model).toBe('b')
    expect(chooseTimes(strategy, all, 4)).toBe('acba')
    expect(choose(strategy, all.slice(0, 2)).model).toBe('b')
    expect(chooseTimes(strategy, all, 3)).toBe('cab')
  })

  it('a target that could not be called is next as soon as it can, and once', () => {
    const all = createCandidates({}, {}, {})
    const strategy = createRoundRobin()
    for (let request = 0; request < 10; request++) {
      const context = createContext()
      const [, second] = strategy.order(all, context)
      strategy.chosen?.(second!, context)
    }
    expect(chooseTimes(strategy, all, 5)).toBe('abcab')
  })
})
