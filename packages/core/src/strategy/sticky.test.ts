import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choose, createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import type { FakeCandidate } from './__fixtures__/candidates.ts'
import { createSticky } from './sticky.ts'
import type { Strategy } from './strategy.ts'

const users = Array.from({ length: 2000 }, (_, user) => `user ${user}`)
const forUser = (user: string, now = 0) => createContext({ request: { user }, now })
const targetsOf = (all: readonly FakeCandidate[]): Map<string, string> =>
  new Map(users.map((user) => [user, choose(createSticky(), all, forUser(user)).model]))

describe('sticky', () => {
  it('sends a key to the same target, also in another process and in another order', () => {
    const all = createCandidates({}, {}, {}, {})
    fc.assert(
      fc.property(fc.string(), (user) => {
        const order = orderOf(createSticky(), all, forUser(user))
        expect(orderOf(createSticky(), all, forUser(user))).toBe(order)
        expect(orderOf(createSticky(), all.toReversed(), forUser(user))).toBe(order)
      }),
    )
  })

  it('spreads keys by weight', () => {
    const all = createCandidates({ weight: 1 }, { weight: 2 }, { weight: 5 }, { weight: 0 })
    const models = [...targetsOf(all).values()]
    for (const { model, weight } of all) {
      expect(models.filter((other) => other === model).length / users.length).toBeCloseTo(weight / 8, 1)
    }
    expect(models).not.toContain('d')
  })

  it('moves only the keys of a target that leaves, and spreads them', () => {
    const all = createCandidates({}, {}, {}, {})
    const before = targetsOf(all)
    const after = targetsOf(all.slice(1))
    const moved = new Map<string, number>()
    for (const user of users) {
      const to = after.get(user)!
      if (before.get(user) !== 'a') expect(to).toBe(before.get(user))
      else moved.set(to, (moved.get(to) ?? 0) + 1)
    }
    for (const model of ['b', 'c', 'd']) expect(moved.get(model)).toBeGreaterThan(100)
  })

  /** Sends a user to where it belongs, and then, since that could not be called, to the next. */
  function moveAway(strategy: Strategy, all: readonly FakeCandidate[]) {
    const home = choose(strategy, all, forUser('ann'))
    const context = forUser('ann')
    const away = [...strategy.order(all, context)][1]!
    strategy.chosen?.(away, context)
    return { home, away }
  }

  it('stays where a key had to go, until it rests for as long as caches live', () => {
    const all = createCandidates({}, {}, {})
    const strategy = createSticky({ ttlMs: 1000 })
    const { home, away } = moveAway(strategy, all)
    for (let now = 900; now < 9000; now += 900) expect(choose(strategy, all, forUser('ann', now))).toBe(away)
    expect(choose(strategy, all, forUser('ann', 8100 + 999))).toBe(away)
    expect(choose(strategy, all, forUser('ann', 8100 + 999 + 1000))).toBe(home)
  })

  it('moves no key for a request that its target cannot serve', () => {
    const all = createCandidates({}, {}, {})
    const strategy = createSticky()
    const { away } = moveAway(strategy, all)
    const rest = all.filter((candidate) => candidate !== away)
    const other = choose(strategy, rest, forUser('ann'))
    expect(other).not.toBe(away)
    expect(choose(strategy, rest, forUser('ann'))).toBe(other)
    expect(choose(strategy, all, forUser('ann'))).toBe(away)
    // The engine does not ask in which order to call a single target.
    strategy.chosen?.(other, forUser('ann'))
    expect(choose(strategy, all, forUser('ann'))).toBe(away)
  })

  it('leaves a target that is three times as busy as the others (codex-lb 172: a permanent pin makes a hot spot)', () => {
    const all = createCandidates({}, {}, {})
    const strategy = createSticky()
    const home = choose(strategy, all, forUser('ann'))
    home.facts.inFlight = 4
    expect(choose(strategy, all, forUser('ann'))).toBe(home)
    home.facts.inFlight = 5
    const away = choose(strategy, all, forUser('ann'))
    expect(away).not.toBe(home)
    home.facts.inFlight = 0
    expect(choose(strategy, all, forUser('ann'))).toBe(away)
  })

  it('stays where all are busy', () => {
    const all = createCandidates({ inFlight: 100 }, { inFlight: 100 }, { inFlight: 100 })
    const strategy = createSticky()
    const home = choose(strategy, all, forUser('ann'))
    home.facts.inFlight = 250
    expect(choose(strategy, all, forUser('ann'))).toBe(home)
    home.facts.inFlight = 350
    expect(choose(strategy, all, forUser('ann'))).not.toBe(home)
  })

  it('calls a target busy by its weight', () => {
    const all = createCandidates({ weight: 10, inFlight: 100 }, { weight: 1, inFlight: 10 })
    for (const user of users) {
      const idle = createCandidates({ weight: 10 }, { weight: 1 })
      expect(orderOf(createSticky(), all, forUser(user))).toBe(orderOf(createSticky(), idle, forUser(user)))
    }
  })

  it('leaves a target that is much slower than it was, but not one that always is', () => {
    const all = createCandidates({ firstContentMs: 100 }, { firstContentMs: 100 }, { firstContentMs: 100 })
    const strategy = createSticky()
    const home = choose(strategy, all, forUser('ann'))
    home.facts.firstContentMs = 5000
    expect(choose(strategy, all, forUser('ann'))).toBe(home)
    home.facts.peakMs = 20_000
    expect(choose(strategy, all, forUser('ann'))).not.toBe(home)
  })

  it('leaves an unhealthy target, unless all are', () => {
    const all = createCandidates({}, {})
    const strategy = createSticky()
    const home = choose(strategy, all, forUser('ann'))
    home.facts.status = 'unhealthy'
    expect(orderOf(strategy, all, forUser('ann'))[1]).toBe(home.model)
    for (const candidate of all) candidate.facts.status = 'unhealthy'
    expect(orderOf(strategy, all, forUser('ann'))[0]).toBe(home.model)
  })
})
