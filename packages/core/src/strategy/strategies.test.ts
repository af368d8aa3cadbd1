import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../runtime/random.ts'
import { choose, createCandidate, createContext } from './__fixtures__/candidates.ts'
import type { FakeCandidate, Facts } from './__fixtures__/candidates.ts'
import { createStrategy } from './strategies.ts'
import { strategyNames } from './strategy-options.ts'
import type { Candidate, StrategyContext } from './strategy.ts'

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const ms = optional(fc.double({ min: 0, max: 1e5, noNaN: true }))

const facts: fc.Arbitrary<Facts> = fc.record({
  weight: fc.constantFrom(0, 0.001, 0.5, 1, 1, 2, 1000),
  status: fc.constantFrom('healthy', 'degraded', 'unhealthy'),
  inFlight: fc.nat(50),
  failureRate: fc.double({ min: 0, max: 1, noNaN: true }),
  firstContentMs: ms,
  price: optional(fc.record({ inputPerMillion: fc.nat(100), outputPerMillion: fc.nat(100) })),
  capabilities: fc.record({ contextWindow: fc.nat(100_000), tools: fc.boolean() }),
})
const stage = fc
  .array(facts, { minLength: 1, maxLength: 9 })
  .map((all) => all.map((fact, index) => createCandidate(String(index), fact)))

/** One request: which targets could serve it (all where there are none), whose it is, and who could not be called. */
const step = fc.record({
  eligible: fc.oneof(fc.constant([]), fc.array(fc.nat(8))),
  user: fc.constantFrom('ann', 'bob', 'cid'),
  afterMs: fc.nat(400_000),
  passedOver: fc.constantFrom(0, 0, 0, 1, 2),
})
const steps = fc.array(step, { maxLength: 40 })

interface Step {
  readonly eligible: readonly number[]
  readonly user: string
  readonly afterMs: number
  readonly passedOver: number
}

function eligibleFor({ eligible }: Step, all: readonly FakeCandidate[]): readonly FakeCandidate[] {
  const some = all.filter((_, index) => eligible.includes(index))
  return some.length === 0 || some.length === all.length ? all : some
}

/** Calls `visit` for each request, with a context that draws from its own seed. */
function play(script: readonly Step[], visit: (step: Step, context: StrategyContext, seed: number) => void): void {
  let now = 0
  script.forEach((request, index) => {
    now += request.afterMs
    const random = createSeededRandom(index)
    visit(request, createContext({ request: { user: request.user }, now, random, tokens: 100 }), index)
  })
}

const models = (candidates: Iterable<Candidate>): string[] => [...candidates].map(({ model }) => model)

describe.each(strategyNames)('%s', (name) => {
  it('goes by its name', () => {
    expect(createStrategy(name).name).toBe(name)
  })

  it('loses nobody and offers nobody twice, also to those who ask for more after others have chosen', () => {
    fc.assert(
      fc.property(stage, steps, (all, script) => {
        const strategy = createStrategy(name)
        play(script, (request, context) => {
          const candidates = eligibleFor(request, all)
          const offered: Candidate[] = []
          for (const candidate of strategy.order(candidates, context)) {
            offered.push(candidate)
            if (offered.length > request.passedOver) strategy.chosen?.(candidate, context)
          }
          expect(models(offered).sort()).toEqual(models(candidates))
        })
      }),
    )
  })

  it('changes nothing when it is asked without choosing', () => {
    fc.assert(
      fc.property(stage, steps, fc.nat(3), (all, script, times) => {
        const asked = createStrategy(name)
        const left = createStrategy(name)
        play(script, (request, context, seed) => {
          const candidates = eligibleFor(request, all)
          const twin = { ...context, random: createSeededRandom(seed) }
          for (let time = 0; time < times; time++) {
            const other = createContext({ request: { user: `user ${time}` }, now: context.now })
            models(asked.order(all.slice(time), other))
            asked.order(candidates, other)[Symbol.iterator]().next()
          }
          const order = [...asked.order(candidates, context)]
          expect(models(order)).toEqual(models(left.order(candidates, twin)))
          const chosen = order[request.passedOver % order.length]!
          asked.chosen?.(chosen, context)
          left.chosen?.(chosen, twin)
        })
      }),
    )
  })

  it('orders a copy of the candidates as it orders the array that it knows', () => {
    fc.assert(
      fc.property(stage, steps, (all, script) => {
        const knowing = createStrategy(name)
        const unknowing = createStrategy(name)
        play(script, (request, context, seed) => {
          const candidates = eligibleFor(request, all)
          const twin = { ...context, random: createSeededRandom(seed) }
          const order = [...knowing.order(candidates, context)]
          expect(models(unknowing.order([...candidates], twin))).toEqual(models(order))
          const chosen = order[request.passedOver % order.length]!
          knowing.chosen?.(chosen, context)
          unknowing.chosen?.(chosen, twin)
        })
      }),
    )
  })

  it('has nothing to offer where there is nobody', () => {
    expect([...createStrategy(name).order([], createContext())]).toEqual([])
  })
})

const fair = strategyNames.filter((name) => !['priority', 'failover', 'capability', 'cost', 'sticky'].includes(name))

describe.each(fair)('%s', (name) => {
  it('starves nobody that has a weight, whichever other targets can serve', () => {
    const measures = facts.map((fact) => ({ ...fact, weight: Math.max(0.5, Math.min(2, fact.weight ?? 1)) }))
    const group = fc.array(measures, { minLength: 2, maxLength: 4 })
    // A cycle of subsets of the others; the first target could serve every request.
    const cycle = fc.array(fc.array(fc.nat(3), { maxLength: 3 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(group, cycle, fc.nat(), (given, subsets, seed) => {
        const all = given.map((fact, index) => createCandidate(String(index), fact))
        const strategy = createStrategy(name)
        const random = createSeededRandom(seed)
        // 3 % of exploration among four: missed this often in a row once in a trillion.
        const bound = name === 'round-robin' ? all.length : name === 'weighted' ? 6 * all.length : 4000
        let turns = 0
        for (let request = 0; request < 2 * bound; request++) {
          const subset = subsets[request % subsets.length]!
          const some = all.filter((_, index) => index === 0 || subset.includes(index))
          const candidates = some.length === all.length ? all : some
          turns++
          if (choose(strategy, candidates, createContext({ random, now: request })) === all[0]) turns = 0
          expect(turns).toBeLessThan(bound)
        }
      }),
      { numRuns: 10 },
    )
  })
})

describe('createStrategy', () => {
  it('hands options on', () => {
    const all = [createCandidate('0', { firstContentMs: 100 }), createCandidate('1', { firstContentMs: 190 })]
    const near = createStrategy({ name: 'latency', withinRatio: 1, explore: 0 })
    const far = createStrategy({ name: 'latency', withinRatio: 0.5, explore: 0 })
    const firsts = (strategy: typeof near): Set<string | undefined> =>
      new Set(
        Array.from(
          { length: 50 },
          (_, seed) => models(strategy.order(all, createContext({ random: createSeededRandom(seed) })))[0],
        ),
      )
    expect(firsts(near)).toEqual(new Set(['0', '1']))
    expect(firsts(far)).toEqual(new Set(['0']))
  })

  it('shares nothing between two of a name', () => {
    const all = [createCandidate('0'), createCandidate('1')]
    const one = createStrategy('round-robin')
    const other = createStrategy('round-robin')
    expect(choose(one, all).model).toBe('0')
    expect(choose(other, all).model).toBe('0')
    expect(choose(one, all).model).toBe('1')
  })
})
