import { describe, expect, it } from 'vitest'
import type { PriceSource, RouteFailedError, StreamEvent, Usage } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { estimateTokens } from '../src/tokens/estimate-tokens.ts'
import { plugin } from './plugin.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

function usage(input: number, output: number, more: Partial<Usage> = {}): Usage {
  return {
    uncachedInputTokens: input,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: output,
    reasoningTokens: 0,
    ...more,
  }
}

/** One dollar a million tokens of prompts, two of answers, where nothing else is said. */
function pricing(known: readonly string[] = ['a', 'b', 'c'], inputPerMillion = 1, outputPerMillion = 2): PriceSource {
  return {
    priceOf: (provider) => (known.includes(provider) ? { inputPerMillion, outputPerMillion } : undefined),
  }
}

const routes = { chat: { stages: [{ targets: ['a/m', 'b/m'] }], retry: { attempts: 0 } } }

describe('what a request costs', () => {
  it('is on the attempt and on the ledger, by the prices of the model that was called', async () => {
    const asked: string[] = []
    const { ask } = createWorld({
      providers: [scripted('a', { usage: usage(1000, 500) })],
      routes: { chat: ['a/vendor/m'] },
      prices: {
        priceOf: (provider, model) => {
          asked.push(`${provider} ${model}`)
          return { inputPerMillion: 1, outputPerMillion: 2 }
        },
      },
    })
    const answer = await ask()
    expect(answer.attempts[0]?.costUsd).toBe(0.002)
    expect(answer.costUsd).toBe(0.002)
    expect(new Set(asked)).toEqual(new Set(['a vendor/m']))
  })

  it('counts each bucket at its own price', async () => {
    const used = usage(1000, 100, { cacheReadTokens: 2000, cacheWriteTokens: 3000, reasoningTokens: 400 })
    const { ask } = createWorld({
      providers: [scripted('a', { usage: used })],
      routes: { chat: ['a/m'] },
      prices: {
        priceOf: () => ({
          inputPerMillion: 10,
          outputPerMillion: 100,
          cacheReadPerMillion: 1,
          cacheWritePerMillion: 20,
        }),
      },
    })
    // 0.01 + 0.002 + 0.06 + 0.05
    expect((await ask()).costUsd).toBeCloseTo(0.122, 12)
  })

  it('is as the service says, where it says so', async () => {
    const { ask } = createWorld({
      providers: [scripted('a', { usage: usage(1000, 500, { costUsd: 0.42 }) })],
      routes: { chat: ['a/m'] },
      prices: pricing(),
    })
    expect(await ask()).toMatchObject({ costUsd: 0.42, attempts: [{ costUsd: 0.42 }] })
  })

  it.each([
    ['the price is not known', usage(1000, 500), pricing([])],
    ['no prices are given', usage(1000, 500), undefined],
    ['the price is no number', usage(1000, 500), pricing(['a'], Number.NaN)],
  ])('is absent, not nothing, where %s', async (_, used, prices) => {
    const { ask } = createWorld({
      providers: [scripted('a', { usage: used })],
      routes: { chat: ['a/m'] },
      ...(prices && { prices }),
    })
    const answer = await ask()
    expect(answer).not.toHaveProperty('costUsd')
    expect(answer.attempts[0]).not.toHaveProperty('costUsd')
  })

  it('is nothing for a model that is free', async () => {
    const { ask } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] }, prices: pricing(['a'], 0, 0) })
    expect(await ask()).toMatchObject({ costUsd: 0 })
  })

  it('is the sum of all attempts, as far as it is known', async () => {
    const events: StreamEvent[] = [{ type: 'usage', usage: usage(1000, 0) }]
    const { read } = createWorld({
      providers: [
        scripted('a', { events, fail: { kind: 'server' } }),
        scripted('b', { events, fail: { kind: 'server' } }),
        scripted('c', { usage: usage(1000, 1000) }),
      ],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m', 'c/m'] }], retry: { attempts: 0 } } },
      prices: pricing(['a', 'c']),
    })
    const end = (await read()).at(-1)
    expect(end).toMatchObject({
      costUsd: 0.004,
      attempts: [{ outcome: 'failure', costUsd: 0.001 }, { outcome: 'failure' }, { costUsd: 0.003 }],
    })
  })

  it('is on the error of a request that failed', async () => {
    const events: StreamEvent[] = [{ type: 'usage', usage: usage(1000, 0) }]
    const { read, errorOf } = createWorld({
      providers: [scripted('a', { events, fail: { kind: 'server' } })],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: { attempts: 1 } } },
      prices: pricing(),
    })
    const error = await errorOf<RouteFailedError>(read())
    expect(error.attempts).toHaveLength(2)
    expect(error.costUsd).toBe(0.002)
  })

  it('of a hedge that was outraced is that of its prompt, which is paid for', async () => {
    const { ask } = createWorld({
      providers: [scripted('a', { delayMs: 5000 }), scripted('b', { usage: usage(10, 10), delayMs: 10 })],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], hedge: { afterMs: 100, maxShare: 1 } } },
      prices: pricing(),
    })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first outraced', '2 b/m hedge success'])
    const [slow, quick] = answer.attempts
    expect(slow?.costUsd).toBeGreaterThan(0)
    expect(quick?.costUsd).toBeCloseTo(0.00003, 12)
    expect(answer.costUsd).toBeCloseTo((slow?.costUsd ?? 0) + (quick?.costUsd ?? 0), 12)
  })

  it('of a route within is counted once, as are the others', async () => {
    const events: StreamEvent[] = [{ type: 'usage', usage: usage(1000, 0) }]
    const { ask, read } = createWorld({
      providers: [
        scripted('a', ({ stream }) => (stream ? { events, fail: { kind: 'server' } } : { usage: usage(1000, 500) })),
        scripted('b', { usage: usage(1000, 500) }),
      ],
      routes: {
        chat: { stages: [{ targets: ['broken', 'inner'] }], retry: { attempts: 0 } },
        broken: { stages: [{ targets: ['a/m'] }], retry: { attempts: 0 } },
        inner: ['b/m'],
      },
      prices: pricing(),
    })
    const answer = await ask()
    expect(answer).toMatchObject({ costUsd: 0.002, attempts: [{ costUsd: 0.002, attempts: [{ costUsd: 0.002 }] }] })
    expect((await read()).at(-1)).toMatchObject({ costUsd: 0.003, attempts: [{ costUsd: 0.001 }, { costUsd: 0.002 }] })
  })
})

describe('the most that a request may cost', () => {
  const limited = (maxCostUsd: number) => ({ chat: { ...routes.chat, maxCostUsd } })

  it('rules out who might cost more, and says so', async () => {
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: limited(0.001),
      prices: { priceOf: (provider) => ({ inputPerMillion: provider === 'a' ? 1e5 : 1, outputPerMillion: 1 }) },
    })
    const answer = await ask()
    expect(passedOver(answer)).toEqual(['a/m cost-limit after 0'])
    expect(answer.exclusions[0]?.detail).toMatch(/^it may cost up to [\d.]+ US dollars in all, of 0.001 allowed$/)
    expect(answer.provider).toBe('b')
  })

  it('counts the longest answer that is allowed', async () => {
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: limited(0.01),
      prices: { priceOf: (provider) => ({ inputPerMillion: 1, outputPerMillion: provider === 'a' ? 20 : 1 }) },
    })
    expect((await ask({ maxTokens: 100 })).provider).toBe('a')
    expect((await ask({ maxTokens: 1000 })).provider).toBe('b')
  })

  it('counts the longest answer of the model where the request says nothing', async () => {
    const capabilities = { maxOutputTokens: 10_000 }
    const { ask } = createWorld({
      providers: [createScriptedProvider({ id: 'a', capabilities }), scripted('b')],
      routes: limited(0.01),
      prices: pricing(['a'], 1, 20),
    })
    expect(passedOver(await ask())).toEqual(['a/m cost-limit after 0'])
  })

  it('counts what the attempts before have cost', async () => {
    const events: StreamEvent[] = [{ type: 'usage', usage: usage(9000, 0) }]
    const { read, errorOf } = createWorld({
      providers: [scripted('a', { events, fail: { kind: 'server' } }), scripted('b')],
      routes: { chat: { ...routes.chat, maxCostUsd: 0.01 } },
      prices: pricing(),
    })
    const error = await errorOf<RouteFailedError>(read({ maxTokens: 1000 }))
    expect(lines(error)).toEqual(['1 a/m first failure server'])
    expect(passedOver(error)).toEqual(['b/m cost-limit after 1'])
  })

  it('rules nobody out whose price is not known', async () => {
    const { ask } = createWorld({ providers: [scripted('a'), scripted('b')], routes: limited(0), prices: pricing([]) })
    expect((await ask()).provider).toBe('a')
  })

  it('rules out whose price is no number', async () => {
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b', fails('server'))],
      routes: limited(1),
      prices: pricing(['b'], Number.NaN),
    })
    expect((await ask()).provider).toBe('a')
    const { ask: again } = createWorld({
      providers: [scripted('b'), scripted('a')],
      routes: { chat: { ...limited(1).chat, stages: [{ targets: ['b/m', 'a/m'] }] } },
      prices: pricing(['b'], Number.NaN),
    })
    expect(passedOver(await again())).toEqual(['b/m cost-limit after 0'])
  })

  it('fails the request when nobody is cheap enough, and nobody is called', async () => {
    const [a, b] = [scripted('a'), scripted('b')]
    const { ask, errorOf } = createWorld({
      providers: [a, b],
      routes: limited(0.000001),
      prices: pricing(),
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(passedOver(error)).toEqual(['a/m cost-limit after 0', 'b/m cost-limit after 0'])
    expect([a.calls.length, b.calls.length]).toEqual([0, 0])
  })
})

describe('the most that a request may cost, over routes within', () => {
  const inner = { stages: [{ targets: ['a/m', 'b/m'] }], retry: { attempts: 0 } }
  const chat = { stages: [{ targets: ['inner', 'c/m'] }], retry: { attempts: 0 }, maxCostUsd: 0.01 }
  const prices: PriceSource = {
    priceOf: (provider) => ({ inputPerMillion: 1, outputPerMillion: provider === 'c' ? 1 : 20 }),
  }

  it('binds them: nobody in them is called who might cost more', async () => {
    const providers = [scripted('a'), scripted('b'), scripted('c')]
    const { ask } = createWorld({ providers, routes: { chat, inner }, prices })
    const answer = await ask({ maxTokens: 1000 })
    expect(answer.provider).toBe('c')
    expect(passedOver({ exclusions: answer.attempts[0]?.exclusions ?? [] })).toEqual([
      'a/m cost-limit after 0',
      'b/m cost-limit after 0',
    ])
    expect((await ask({ maxTokens: 100 })).provider).toBe('a')
  })

  it('leaves them what was not spent before', async () => {
    const events: StreamEvent[] = [{ type: 'usage', usage: usage(9000, 0) }]
    const providers = [scripted('a'), scripted('b'), scripted('c', { events, fail: { kind: 'server' } })]
    const routes = { chat: { ...chat, stages: [{ targets: ['c/m', 'inner'] }] }, inner: { ...inner, maxCostUsd: 5 } }
    const { read, errorOf } = createWorld({ providers, routes, prices })
    const error = await errorOf<RouteFailedError>(read({ maxTokens: 100 }))
    expect(lines(error)).toEqual(['1 c/m first failure server', '2 router/inner next-target failure router'])
    expect(error.attempts[1]?.exclusions?.map(({ detail }) => detail)[0]).toMatch(/, of 0\.001\d* allowed$/)
  })

  it('binds a router within a router', async () => {
    const a = scripted('a')
    const { router } = createWorld({ id: 'within', providers: [a], routes: { fast: ['a/m'] }, prices })
    const routes = { chat: { ...chat, stages: [{ targets: ['within/fast', 'c/m'] }] } }
    const { ask } = createWorld({ providers: [router, scripted('c')], routes, prices })
    expect((await ask({ maxTokens: 1000 })).provider).toBe('c')
    expect(a.calls).toEqual([])
  })

  it('lets none of them run beside another call, since what they cost is not known', async () => {
    const providers = [scripted('a', { delayMs: 5000 }), scripted('b'), scripted('c')]
    const hedge = { afterMs: 100, maxShare: 1 }
    const { ask } = createWorld({ providers, routes: { chat: { ...chat, hedge }, inner }, prices })
    expect(lines(await ask({ maxTokens: 100 }))).toEqual(['1 router/inner first success'])
  })

  it('cannot be asked for by a caller', async () => {
    const { ask, errorOf } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    const error = await errorOf<RouteFailedError>(ask({}, { outer: {} } as object))
    expect(error.code).toBe('invalid-request')
  })
})

describe('prices that are needed and missing', () => {
  it.each([
    ['maxCostUsd', { maxCostUsd: 1 }, 'options.routes.chat.maxCostUsd'],
    [
      'the strategy cost',
      { stages: [{ targets: ['a/m'], strategy: 'cost' }] },
      'options.routes.chat.stages[0].strategy',
    ],
    [
      'the strategy cost with options',
      { stages: [{ targets: ['a/m'] }, { targets: ['b/m'], strategy: { name: 'cost', answerTokens: 9 } }] },
      'options.routes.chat.stages[1].strategy',
    ],
  ] as const)('are an error at start: %s', (_, route, path) => {
    const options = { providers: [scripted('a'), scripted('b')], routes: { chat: { ...routes.chat, ...route } } }
    expect(() => createWorld(options)).toThrow(`${path} needs options.prices`)
    expect(() => createWorld({ ...options, prices: pricing() })).not.toThrow()
  })

  it("are not asked for by a user's own strategy, whatever its name, nor by score", () => {
    const own = { name: 'cost', order: <C>(candidates: readonly C[]) => candidates }
    for (const strategy of [own, 'score'] as const) {
      const chat = { stages: [{ targets: ['a/m'], strategy }] }
      expect(() => createWorld({ providers: [scripted('a')], routes: { chat } })).not.toThrow()
    }
  })
})

describe('what a call cost that told nothing of its usage', () => {
  const prices = pricing(['a', 'b', 'c'], 1_000_000, 2_000_000)
  const promptUsd = estimateTokens(question)

  it('is that of its prompt where a clock ended it', async () => {
    const { ask } = createWorld({
      providers: [scripted('a', { end: 'stall' }), scripted('b', { usage: usage(3, 2) })],
      routes: { chat: { ...routes.chat, attemptMs: 100 } },
      prices,
    })
    const answer = await ask({ seed: 1 })
    expect(answer.attempts.map(({ costUsd }) => costUsd)).toEqual([promptUsd, 7])
    expect(answer.costUsd).toBe(promptUsd + 7)
  })

  it('is that of its prompt where its stream broke after content', async () => {
    const { read, errorOf } = createWorld({
      providers: [scripted('a', { text: ['half'], end: 'cut' }), scripted('b')],
      routes,
      prices,
    })
    expect(await errorOf(read({ seed: 1 }))).toMatchObject({ code: 'stream-interrupted', costUsd: promptUsd })
  })

  it('is not known where it was refused, or its provider could not be loaded in time', async () => {
    const refused = createWorld({ providers: [scripted('a', fails('server')), scripted('b')], routes, prices })
    expect((await refused.ask()).attempts[0]).not.toHaveProperty('costUsd')
    const forever = plugin({ id: 'a' }, { create: () => new Promise(() => undefined) })
    const { ask } = createWorld({
      providers: [forever, scripted('b')],
      routes: { chat: { ...routes.chat, attemptMs: 100 } },
      prices,
    })
    expect((await ask()).attempts[0]).not.toHaveProperty('costUsd')
  })

  it('counts towards the most that the request may cost', async () => {
    const b = scripted('b')
    const { ask, errorOf } = createWorld({
      providers: [scripted('a', { end: 'stall' }), b],
      routes: { chat: { ...routes.chat, attemptMs: 100, maxCostUsd: promptUsd * 1.5 } },
      prices,
    })
    const error = await errorOf<RouteFailedError>(ask({ seed: 1 }))
    expect(passedOver(error)).toEqual(['b/m cost-limit after 1'])
    expect(b.calls).toEqual([])
  })
})
