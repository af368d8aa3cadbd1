import { describe, expect, it } from 'vitest'
import type { PriceSource, RouteFailedError, StreamEvent, Usage } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { createWorld, fails, lines, passedOver, scripted } from './world.ts'

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
