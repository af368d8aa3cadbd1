import { describe, expect, it } from 'vitest'
import type { Logger, PriceSource, StageConfig, Strategy } from '../src/index.ts'
import { createScriptedProvider, createSeededRandom } from '../src/testing/index.ts'
import type { Reply } from '../src/testing/index.ts'
import type { World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

type StrategyConfig = NonNullable<StageConfig['strategy']>

const targets = ['a/m', 'b/m', 'c/m']

/** A world whose route has one stage of this strategy. */
function createStage(
  strategy: StrategyConfig,
  options: Partial<Parameters<typeof createWorld>[0]> & { readonly targets?: StageConfig['targets'] } = {},
): World {
  const { targets: given = targets, ...rest } = options
  return createWorld({
    providers: ['a', 'b', 'c'].map((id) => scripted(id)),
    routes: { chat: { stages: [{ strategy, targets: given }], retry: { attempts: 0 } } },
    random: createSeededRandom(1),
    ...rest,
  })
}

async function served({ ask }: World, requests: number, user?: string): Promise<readonly string[]> {
  const providers: string[] = []
  for (let request = 0; request < requests; request++) {
    providers.push((await ask(user === undefined ? {} : { user })).provider)
  }
  return providers
}

function share(providers: readonly string[], id: string): number {
  return providers.filter((provider) => provider === id).length / providers.length
}

/** Replies that take so long to show content. */
const after = (delayMs: number): Reply => ({ delayMs })

describe('a stage by', () => {
  it('priority asks in order, and comes back to the first at once', async () => {
    const a = scripted('a', [fails('server'), {}])
    const world = createStage('priority', { providers: [a, scripted('b'), scripted('c')] })
    expect(await served(world, 4)).toEqual(['b', 'a', 'a', 'a'])
  })

  it('failover stays where it went until that fails', async () => {
    const a = scripted('a', [fails('rate-limit', { retryAfterMs: 1000 }), {}])
    const b = scripted('b', [{}, {}, {}, fails('rate-limit', { retryAfterMs: 1000 }), {}])
    const world = createStage('failover', { providers: [a, b, scripted('c')] })
    const first = await served(world, 2)
    await world.clock.advance(2000)
    expect([...first, ...(await served(world, 4))]).toEqual(['b', 'b', 'b', 'a', 'a', 'a'])
  })

  it('healthiest leaves whoever has errors', async () => {
    const a = scripted('a', (call) => (call.number <= 2 ? fails('server') : {}))
    const world = createStage({ name: 'healthiest', explore: 0 }, { providers: [a, scripted('b'), scripted('c')] })
    await served(world, 2)
    expect(world.router.status()[0]?.status).toBe('degraded')
    expect(await served(world, 3)).toEqual(['b', 'b', 'b'])
  })

  it('best-effort asks whoever is likeliest to answer, fastest first', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', after(500)), scripted('c', after(100))]
    const world = createStage({ name: 'best-effort', explore: 0 }, { providers })
    await served(world, 6)
    expect(await served(world, 3)).toEqual(['c', 'c', 'c'])
  })

  it('capability asks whoever fits the request most closely', async () => {
    const small = { contextWindow: 1000, tools: false, input: [], responseFormats: [] }
    const providers = [
      createScriptedProvider({ id: 'a', capabilities: { contextWindow: 1_000_000 } }),
      createScriptedProvider({ id: 'b', capabilities: small }),
    ]
    const world = createStage('capability', { providers, targets: ['a/m', 'b/m'] })
    expect((await world.ask()).provider).toBe('b')
    expect((await world.ask({ tools: [{ name: 't', parameters: { type: 'object' } }] })).provider).toBe('a')
    expect((await world.ask({ maxTokens: 5000 })).provider).toBe('a')
  })

  it('cost asks the cheapest, and whose price is not known last', async () => {
    const perMillion: Record<string, number> = { b: 2, c: 1 }
    const prices: PriceSource = {
      priceOf: (provider) => {
        const price = perMillion[provider]
        return price === undefined ? undefined : { inputPerMillion: price, outputPerMillion: price }
      },
    }
    const world = createStage('cost', { prices })
    expect(await served(world, 2)).toEqual(['c', 'c'])
    perMillion['b'] = 0.5
    expect(await served(world, 1)).toEqual(['b'])
    const explanation = await world.router.explain(question)
    expect(explanation.stages[0]?.targets.map(({ target }) => target)).toEqual(['b/m', 'c/m', 'a/m'])
  })

  it.each([{ name: 'latency', explore: 0.1 } as const, { name: 'peak-ewma', explore: 0.1 } as const])(
    '$name asks the fastest',
    async (strategy) => {
      const providers = [scripted('a', after(900)), scripted('b', after(50)), scripted('c', after(700))]
      const world = createStage(strategy, { providers })
      await served(world, 60)
      const providersThen = await served(world, 100)
      // Of two that are drawn, one of them the fastest in two cases of three.
      expect(share(providersThen, 'b')).toBeGreaterThan(0.45)
      expect(share(providersThen, 'b')).toBeGreaterThan(2 * share(providersThen, 'a'))
    },
  )

  it('least-busy asks whoever has the fewest calls under way', async () => {
    const slow = (id: string): ReturnType<typeof scripted> => scripted(id, after(1000))
    const { router, clock } = createStage({ name: 'least-busy', explore: 0 }, { providers: ['a', 'b', 'c'].map(slow) })
    const answers = Array.from({ length: 9 }, () => router.chat({ ...question, temperature: 1 }))
    await clock.advance(10)
    expect(router.status().map(({ inFlight }) => inFlight)).toEqual([3, 3, 3])
    await clock.run(Promise.all(answers))
  })

  it('round-robin asks one after the other', async () => {
    const order = await served(createStage('round-robin'), 9)
    expect(order.slice(0, 3).toSorted()).toEqual(['a', 'b', 'c'])
    expect(order.slice(3)).toEqual([...order.slice(0, 3), ...order.slice(0, 3)])
  })

  it('weighted asks each as often as it weighs, evenly', async () => {
    const world = createStage('weighted', {
      targets: [
        { model: 'a/m', weight: 3 },
        { model: 'b/m', weight: 1 },
      ],
    })
    const order = await served(world, 400)
    expect(share(order, 'a')).toBe(0.75)
    expect(order.join('')).not.toMatch(/bb|aaaaa/)
  })

  it('weighted-random asks each about as often as it weighs', async () => {
    const world = createStage('weighted-random', {
      targets: [
        { model: 'a/m', weight: 3 },
        { model: 'b/m', weight: 1 },
      ],
    })
    const order = await served(world, 1000)
    expect(share(order, 'a')).toBeGreaterThan(0.7)
    expect(share(order, 'a')).toBeLessThan(0.8)
  })

  it('random asks anybody', async () => {
    const order = await served(createStage('random'), 900)
    for (const id of ['a', 'b', 'c']) {
      expect(share(order, id)).toBeGreaterThan(0.28)
      expect(share(order, id)).toBeLessThan(0.39)
    }
  })

  it('sticky asks the same for the same user, and others for others', async () => {
    const world = createStage({ name: 'sticky', by: 'user' })
    const users = Array.from({ length: 30 }, (_, index) => `user-${index}`)
    const homes = new Map<string, readonly string[]>()
    for (const user of users) homes.set(user, await served(world, 3, user))
    for (const providers of homes.values()) expect(new Set(providers).size).toBe(1)
    expect(new Set([...homes.values()].flat()).size).toBe(3)
  })

  it('score weighs cost against speed', async () => {
    const providers = [scripted('a', after(2000)), scripted('b', after(100))]
    const prices: PriceSource = {
      priceOf: (provider) => ({
        inputPerMillion: provider === 'a' ? 1 : 50,
        outputPerMillion: provider === 'a' ? 1 : 50,
      }),
    }
    const options = { providers, prices, targets: ['a/m', 'b/m'] }
    const cheap = createStage({ name: 'score', cost: 1, latency: 0, health: 0, explore: 0 }, options)
    const fast = createStage({ name: 'score', cost: 0, latency: 1, health: 0, explore: 0 }, options)
    await served(cheap, 10)
    await served(fast, 10)
    expect(await served(cheap, 2)).toEqual(['a', 'a'])
    expect(await served(fast, 2)).toEqual(['b', 'b'])
  })
})

describe('a strategy of the program', () => {
  it('may be a function, and sees the request', async () => {
    const world = createStage((candidates, { request, route, stage }) => {
      expect([route, stage]).toEqual(['chat', 'stage-1'])
      return candidates.filter(({ provider }) => provider === request.user)
    })
    expect(await served(world, 1, 'c')).toEqual(['c'])
    expect(await served(world, 1, 'b')).toEqual(['b'])
  })

  it('is asked about those that can serve the request, and the others are recorded', async () => {
    const seen: string[][] = []
    const unable = createScriptedProvider({ id: 'b', capabilities: { parameters: {} } })
    const world = createStage(
      (candidates) => {
        seen.push(candidates.map(({ target }) => target))
        return candidates
      },
      { providers: [scripted('a'), unable, scripted('c')] },
    )
    const answer = await world.ask({ temperature: 1 })
    expect(seen).toEqual([['a/m', 'c/m']])
    expect(passedOver(answer)).toEqual(['b/m not-capable after 0'])
  })

  it('is not asked where there is no choice', async () => {
    let asked = 0
    const world = createStage(
      (candidates) => {
        asked++
        return candidates
      },
      { targets: ['a/m'] },
    )
    await served(world, 2)
    expect(asked).toBe(0)
  })

  it('tries nobody whom it leaves out', async () => {
    const world = createStage(([, second]) => (second ? [second] : []), {
      providers: [scripted('a'), scripted('b', fails('server')), scripted('c')],
    })
    const error = await world.errorOf<{ attempts: readonly { readonly target: string }[] }>(world.ask())
    expect(error.attempts.map(({ target }) => target)).toEqual(['b/m'])
  })

  it('may be lazy, and is then asked no further than it takes', async () => {
    let given = 0
    const world = createStage(
      function* order(candidates) {
        for (const candidate of candidates) {
          given++
          yield candidate
        }
      },
      { providers: [scripted('a', [{}, fails('server')]), scripted('b'), scripted('c')] },
    )
    expect((await world.ask()).provider).toBe('a')
    // One more is looked at: whether there is anybody else decides how long a call may take.
    expect(given).toBe(2)
    expect(lines(await world.ask())).toEqual(['1 a/m first failure server', '2 b/m next-target success'])
    expect(given).toBe(5)
  })

  it('is told once for each stage whom the first call went to', async () => {
    const told: string[] = []
    const strategy: Strategy = {
      name: 'own',
      order: (candidates) => candidates,
      chosen: ({ target }, { stage }) => told.push(`${stage} ${target}`),
    }
    const providers = [
      scripted('a', fails('rate-limit', { retryAfterMs: 60_000 })),
      scripted('b', fails('server')),
      scripted('c', fails('server')),
      scripted('d'),
    ]
    const world = createWorld({
      providers,
      routes: {
        chat: {
          stages: [
            { name: 'one', strategy, targets: ['a/m', 'b/m', 'c/m'] },
            { name: 'two', strategy: { ...strategy }, targets: ['d/m', 'a/m'] },
          ],
          retry: { attempts: 1 },
        },
      },
    })
    await world.ask()
    expect(told).toEqual(['one a/m', 'two d/m'])
    await world.ask()
    expect(told.slice(2)).toEqual(['one b/m', 'two d/m'])
  })
})

describe('a strategy that throws fails no request', () => {
  const thrown = (): never => {
    throw new Error('no order')
  }
  const broken: readonly (readonly [string, StrategyConfig])[] = [
    ['when it is asked', thrown],
    [
      'after its first candidate',
      function* order(candidates) {
        const [, second] = candidates
        if (second) yield second
        thrown()
      },
    ],
    [
      'before its first candidate',
      {
        name: 'late',
        order: (candidates) => ({
          [Symbol.iterator]: () => ({
            next: () => (candidates.length > 9 ? { done: true, value: undefined } : thrown()),
          }),
        }),
      },
    ],
    ['since it gives nothing', (() => undefined) as unknown as StrategyConfig],
    ['since it gives a promise', (async (candidates: unknown) => candidates) as unknown as StrategyConfig],
    ['since it gives copies', (candidates) => candidates.map((candidate) => ({ ...candidate }))],
    ['since it gives a text', (() => 'ab') as unknown as StrategyConfig],
    ['since it gives somebody else', ((): unknown => [null, { target: 'x/y' }]) as unknown as StrategyConfig],
    [
      'since it gives one without end',
      function* order(candidates) {
        for (;;) yield* candidates.slice(1, 2)
      },
    ],
    ['when it is told', { name: 'deaf', order: (candidates) => candidates, chosen: thrown }],
  ]

  it.each(broken)('%s', async (_, strategy) => {
    const errors: string[] = []
    const note = (): void => undefined
    const logger: Logger = { debug: note, info: note, warn: note, error: (message) => errors.push(message) }
    const world = createStage(strategy, {
      providers: [scripted('a', fails('server')), scripted('b', fails('server')), scripted('c')],
      logger,
    })
    const answer = await world.ask()
    expect(answer.provider).toBe('c')
    expect(answer.attempts.map(({ target }) => target).toSorted()).toEqual(targets)
    expect(errors).toContain('a strategy threw')
  })
})
