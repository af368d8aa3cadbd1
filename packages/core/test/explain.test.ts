import { describe, expect, it } from 'vitest'
import type { PriceSource, Router, StrategyContext } from '../src/index.ts'
import { createScriptedProvider, createSeededRandom } from '../src/testing/index.ts'
import { apiKey, plugin } from './plugin.ts'
import type { World } from './world.ts'
import { createWorld, fails, question, scripted } from './world.ts'

type Explanation = Awaited<ReturnType<Router['explain']>>

/** An explanation as short lines: `stage-1 a/m first`, `stage-1 b/m excluded paused`. */
function verdicts({ stages }: Explanation): readonly string[] {
  return stages.flatMap(({ stage, targets }) =>
    targets.map(({ target, verdict, reason }) =>
      [stage, target, verdict, reason].filter((part) => part !== undefined).join(' '),
    ),
  )
}

const providers = ['a', 'b', 'c'].map((id) => scripted(id))

describe('router.explain()', () => {
  it('says who would be called, and in which order the others', async () => {
    const { router } = createWorld({
      providers,
      routes: { chat: { stages: [{ name: 'main', targets: ['b/m', 'a/m'] }, { targets: ['c/m'] }] } },
    })
    const explanation = await router.explain(question)
    expect(verdicts(explanation)).toEqual(['main b/m first', 'main a/m later', 'stage-2 c/m later'])
    expect(explanation).toMatchObject({ route: 'chat', stages: [{ strategy: 'priority' }, { strategy: 'priority' }] })
    expect(explanation.estimatedInputTokens).toBeGreaterThan(1)
  })

  it('says why each of the others would not be called', async () => {
    const unable = { tools: false, parameters: {}, contextWindow: 5 }
    const all = [
      scripted('paused', fails('rate-limit', { retryAfterMs: 9000 })),
      scripted('account', fails('quota')),
      scripted('broken', fails('server')),
      scripted('limited'),
      createScriptedProvider({ id: 'unable', capabilities: unable }),
      createScriptedProvider({ id: 'small', capabilities: { contextWindow: 5 } }),
      plugin({ id: 'absent', credentials: [apiKey] }),
      scripted('dear'),
      scripted('gone'),
      scripted('good'),
    ]
    const prices: PriceSource = {
      priceOf: (provider) => (provider === 'dear' ? { inputPerMillion: 1e9, outputPerMillion: 0 } : undefined),
    }
    const ids = ['paused', 'account', 'broken', 'absent', 'unable', 'small', 'dear', 'gone', 'good']
    const targets = [...ids.map((id) => `${id}/m`), { model: 'limited/m', rpm: 1 }]
    const { ask, errorOf, router } = createWorld({
      providers: all,
      prices,
      routes: {
        chat: { stages: [{ targets }], maxCostUsd: 1 },
        ...Object.fromEntries(['paused', 'account', 'broken'].map((id) => [id, [`${id}/m`]])),
        limited: ['limited/m'],
      },
      circuit: { consecutiveFailures: 1, openMs: 10_000, rampUpMs: 0 },
    })
    for (const model of ['paused', 'account', 'broken']) await errorOf(ask({ model }))
    await ask({ model: 'limited' })
    router.isolate('gone/m')
    const explanation = await router.explain({ ...question, temperature: 1 })
    expect(verdicts(explanation).map((line) => line.replace('stage-1 ', ''))).toEqual([
      'good/m first',
      'absent/m excluded unavailable',
      'paused/m excluded paused',
      'account/m excluded account-paused',
      'broken/m excluded circuit-open',
      'dear/m excluded cost-limit',
      'gone/m excluded isolated',
      'limited/m excluded limit',
      'unable/m excluded not-capable',
      'small/m excluded window-too-small',
    ])
    const details = Object.fromEntries(
      (explanation.stages[0]?.targets ?? []).map(({ target, detail, readyInMs }) => [target, { detail, readyInMs }]),
    )
    expect(details['unable/m']?.detail).toBe('unable/m does not honour temperature')
    expect(details['absent/m']?.detail).toContain('A_API_KEY')
    expect(details['paused/m']).toMatchObject({
      detail: 'left alone for another 9.0 s after rate-limit',
      readyInMs: 9000,
    })
    expect(details['limited/m']?.detail).toBe('its limit of 1 requests a minute is used up')
    expect(details['gone/m']?.detail).toBe('its circuit was isolated by hand')
    expect(details['dear/m']?.detail).toContain('US dollars in all, of 1 allowed')
  })

  it('says what a strategy has to say of a place', async () => {
    const prices: PriceSource = {
      priceOf: (provider) => (provider === 'a' ? undefined : { inputPerMillion: 1, outputPerMillion: 1 }),
    }
    const { router } = createWorld({
      providers,
      prices,
      routes: { chat: { stages: [{ strategy: 'cost', targets: ['a/m', 'b/m'] }] } },
    })
    const explanation = await router.explain(question)
    expect(verdicts(explanation)).toEqual(['stage-1 b/m first', 'stage-1 a/m later'])
    expect(explanation.stages[0]?.targets.map(({ remark }) => remark !== undefined)).toEqual([false, true])
    expect(explanation.stages[0]?.targets[1]?.remark).toContain('price')
  })

  it('asks the strategy for an order of those that can serve the request, as a request does', async () => {
    const seen: (readonly string[])[] = []
    const unable = createScriptedProvider({ id: 'unable', capabilities: { parameters: {} } })
    const small = createScriptedProvider({ id: 'small', capabilities: { contextWindow: 5 } })
    const { ask, router } = createWorld({
      providers: [...providers, unable, small],
      routes: {
        chat: {
          stages: [
            {
              targets: ['unable/m', 'small/m', 'a/m', 'b/m'],
              strategy: (candidates) => {
                seen.push(candidates.map(({ target }) => target))
                return candidates.toReversed()
              },
            },
          ],
        },
      },
    })
    const asked = { ...question, temperature: 1, maxTokens: 100 }
    const explanation = await router.explain(asked)
    expect((await ask(asked)).provider).toBe('b')
    expect(verdicts(explanation).slice(0, 2)).toEqual(['stage-1 b/m first', 'stage-1 a/m later'])
    expect(seen).toEqual([
      ['a/m', 'b/m'],
      ['a/m', 'b/m'],
    ])
  })

  it('says whom a strategy leaves out', async () => {
    const { router } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'], strategy: ([, second]) => (second ? [second] : []) }] } },
    })
    const [stage] = (await router.explain(question)).stages
    expect(stage?.targets).toEqual([
      { target: 'b/m', verdict: 'first' },
      { target: 'a/m', verdict: 'excluded', detail: 'its strategy leaves it out' },
    ])
  })

  it('has the order as given where a strategy throws', async () => {
    const { router } = createWorld({
      providers,
      routes: {
        chat: {
          stages: [
            {
              targets: ['a/m', 'b/m'],
              strategy: {
                name: 'broken',
                order: () => {
                  throw new Error('no order')
                },
                remark: () => {
                  throw new Error('no remark')
                },
              },
            },
          ],
        },
      },
    })
    expect(verdicts(await router.explain(question))).toEqual(['stage-1 a/m first', 'stage-1 b/m later'])
  })

  it('explains a route within a route, and no other router', async () => {
    const inner = createWorld({ id: 'other', providers, routes: { inner: ['c/m'] } }).router
    const { router } = createWorld({
      providers: [...providers, inner],
      routes: { chat: ['inner', 'other/inner', 'a/m'], inner: ['b/m'] },
    })
    const explanation = await router.explain(question)
    expect(verdicts(explanation)).toEqual([
      'stage-1 router/inner first',
      'stage-1 other/inner later',
      'stage-1 a/m later',
    ])
    const [first, second] = explanation.stages[0]?.targets ?? []
    expect(first?.route && verdicts(first.route)).toEqual(['stage-1 b/m first'])
    expect(second).not.toHaveProperty('route')
  })

  it('explains a target that is named itself', async () => {
    const { router } = createWorld({ providers, routes: { chat: ['a/m'] } })
    expect(verdicts(await router.explain({ ...question, model: 'c/rare' }))).toEqual(['stage-1 c/rare first'])
  })

  it.each([
    ['a model that is not known', { model: 'chit' }, { code: 'unknown-model' }],
    ['a request that is none', { messages: [] }, { code: 'invalid-request', path: 'request.messages' }],
  ])('refuses %s', async (_, request, error) => {
    const { router } = createWorld({ providers, routes: { chat: ['a/m'] } })
    await expect(router.explain({ ...question, ...request })).rejects.toMatchObject(error)
  })
})

describe('an explanation of a route within', () => {
  it('knows of the most that the request may cost', async () => {
    const { router } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['inner'] }], maxCostUsd: 1e-9 }, inner: ['a/m'] },
      prices: { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 2 }) },
    })
    const [inner] = (await router.explain(question)).stages[0]?.targets ?? []
    expect(inner?.route?.stages[0]?.targets).toMatchObject([{ verdict: 'excluded', reason: 'cost-limit' }])
  })
})

describe('an explanation changes nothing', () => {
  const strategies = ['priority', 'failover', 'round-robin', 'weighted', 'weighted-random', 'random', 'sticky'] as const
  const more = [
    'healthiest',
    'best-effort',
    'capability',
    'cost',
    'latency',
    'peak-ewma',
    'least-busy',
    'score',
  ] as const
  const targets = ['a/m', 'b/m', 'c/m']

  /** Who served each of a few requests, with explanations between them or without. */
  async function serve(strategy: (typeof strategies | typeof more)[number], explains: boolean): Promise<unknown> {
    const world = createWorld({
      providers,
      random: createSeededRandom(7),
      routes: { chat: { stages: [{ strategy, targets }] } },
      prices: { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 2 }) },
    })
    const served: string[] = []
    for (let request = 0; request < 20; request++) {
      if (explains) await world.router.explain({ ...question, user: `user-${request}` })
      served.push((await world.ask({ user: `user-${request}` })).provider)
    }
    return { served, status: world.router.status(), events: withoutTimes(world) }
  }

  function withoutTimes({ events }: World): unknown {
    return events.map(({ type }) => type)
  }

  it.each([...strategies, ...more])('of what %s does next', async (strategy) => {
    expect(await serve(strategy, true)).toEqual(await serve(strategy, false))
  })

  it('of circuits that let only a few calls through, of limits, of what is listened to', async () => {
    const calls = [scripted('a', [fails('server'), {}]), scripted('b')]
    const { ask, router, clock, events } = createWorld({
      providers: calls,
      routes: { chat: [{ model: 'a/m', rpm: 100, concurrency: 5 }, 'b/m'] },
      circuit: { consecutiveFailures: 1, halfOpenPermits: 1, openMs: 1000, maxOpenMs: 1000 },
    })
    await ask()
    await clock.advance(1000)
    const before = {
      status: router.status(),
      events: events.length,
      calls: calls.map((provider) => provider.calls.length),
    }
    for (let times = 0; times < 5; times++) {
      expect(verdicts(await router.explain(question))[0]).toBe('stage-1 a/m first')
    }
    expect({
      status: router.status(),
      events: events.length,
      calls: calls.map((provider) => provider.calls.length),
    }).toEqual(before)
    expect((await ask()).provider).toBe('a')
  })

  it('of what a strategy is told', async () => {
    const told: string[] = []
    const { router } = createWorld({
      providers,
      routes: {
        chat: {
          stages: [
            {
              targets,
              strategy: {
                name: 'own',
                order: (candidates) => candidates,
                chosen: ({ target }, context: StrategyContext) => told.push(`${target} ${context.route}`),
              },
            },
          ],
        },
      },
    })
    await router.explain(question)
    expect(told).toEqual([])
  })
})
