import { describe, expect, it } from 'vitest'
import type { ChatResponse, Provider } from '../src/index.ts'
import { createWorld, fails, question, scripted } from './world.ts'

const untouched = {
  circuit: 'closed',
  endpoint: 'closed',
  status: 'healthy',
  successes: 0,
  failures: 0,
  inFlight: 0,
  limits: [],
}

describe('router.status()', () => {
  it('has all targets that routes name, once each, before anything was asked', () => {
    const providers = [scripted('a'), scripted('b')]
    const { router } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'], other: ['b/m', 'chat'] } })
    expect(router.status()).toEqual(['a/m', 'b/m', 'router/chat'].map((target) => ({ target, ...untouched })))
  })

  it('is plain data, and no part of the router', async () => {
    const providers = [scripted('a', fails('server')), scripted('b')]
    const { ask, router } = createWorld({ providers, routes: { chat: [{ model: 'a/m', rpm: 5 }, 'b/m'] } })
    await ask()
    const status = router.status()
    expect(JSON.parse(JSON.stringify(status))).toEqual(status)
    ;(status as unknown[]).length = 0
    expect(router.status()).toHaveLength(2)
  })

  it('counts what is under way', async () => {
    const { router, clock } = createWorld({
      providers: [scripted('a', { delayMs: 100 })],
      routes: { chat: [{ model: 'a/m', concurrency: 3 }] },
    })
    const answers = [router.chat(question), router.chat(question)]
    await clock.advance(1)
    expect(router.status()).toMatchObject([
      { inFlight: 2, limits: [{ source: 'set', counts: 'concurrency', limit: 3, used: 2, remaining: 1 }] },
    ])
    await clock.run(Promise.all(answers))
    expect(router.status()).toMatchObject([{ inFlight: 0, limits: [{ used: 0, remaining: 3 }] }])
  })

  it('tells where a target stands with each of its limits', async () => {
    const usage = { uncachedInputTokens: 30, cacheReadTokens: 10, cacheWriteTokens: 0, outputTextTokens: 20 }
    const { ask, router, clock } = createWorld({
      providers: [scripted('a', { usage: { ...usage, reasoningTokens: 5 } })],
      routes: { chat: [{ model: 'a/m', rpm: 10, tpm: 5000, inputTpm: 3000, outputTpm: 2000 }] },
    })
    await ask()
    expect(router.status()[0]?.limits).toEqual([
      { source: 'set', counts: 'requests', limit: 10, used: 1, remaining: 9 },
      { source: 'set', counts: 'tokens', limit: 5000, used: 65, remaining: 4935 },
      { source: 'set', counts: 'input-tokens', limit: 3000, used: 40, remaining: 2960 },
      { source: 'set', counts: 'output-tokens', limit: 2000, used: 25, remaining: 1975 },
    ])
    await clock.advance(61_000)
    expect(router.status()[0]?.limits.map(({ used }) => used)).toEqual([0, 0, 0, 0])
  })

  it('tells of the limits that a service told of', async () => {
    const answers = scripted('a')
    const telling: Provider = {
      ...answers,
      chat: async (request, options): Promise<ChatResponse> => ({
        ...(await answers.chat(request, options)),
        rateLimits: [{ counts: 'requests', limit: 100, remaining: 60, resetsInMs: 1000 }],
      }),
    }
    const { ask, router, clock } = createWorld({ providers: [telling], routes: { chat: ['a/m'] } })
    await ask()
    await ask({ temperature: 1 })
    expect(router.status()[0]?.limits).toEqual([
      { source: 'learned', counts: 'requests', limit: 100, used: 40, remaining: 60 },
    ])
    await clock.advance(500)
    expect(router.status()[0]?.limits).toMatchObject([{ remaining: 80 }])
  })

  it('tells of the last failure what it was and how long ago, not what was said', async () => {
    const failure = fails('rate-limit', {
      status: 429,
      code: 'slow_down',
      message: 'a secret prompt',
      retryAfterMs: 5000,
    })
    const { ask, router, clock } = createWorld({
      providers: [scripted('a', [failure, {}]), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    await ask()
    await clock.advance(2000)
    const [status] = router.status()
    expect(status).toMatchObject({
      lastFailure: { kind: 'rate-limit', status: 429, code: 'slow_down', agoMs: 2000 },
      pausedFor: 'rate-limit',
      readyInMs: 3000,
    })
    expect(JSON.stringify(status)).not.toContain('secret')
    await clock.advance(3000)
    expect((await ask()).provider).toBe('a')
    expect(router.status()[0]).toMatchObject({ lastFailure: { kind: 'rate-limit', agoMs: 5000 } })
    expect(router.status()[0]).not.toHaveProperty('readyInMs')
    expect(router.status()[0]).not.toHaveProperty('pausedFor')
  })

  it('tells for whom an account is left alone', async () => {
    const { ask, router } = createWorld({
      providers: [scripted('a', fails('quota')), scripted('b')],
      routes: { chat: ['a/m', 'b/m'], other: ['a/other'] },
    })
    await ask()
    expect(router.status()).toMatchObject([
      { target: 'a/m', pausedFor: 'quota', readyInMs: 60_000 },
      { target: 'b/m' },
      { target: 'a/other', pausedFor: 'quota', readyInMs: 60_000 },
    ])
  })

  it('tells the circuit of a target, and that of its endpoint, which all targets of the provider share', async () => {
    const { ask, router } = createWorld({
      providers: [scripted('a', fails('network')), scripted('b', fails('server')), scripted('c')],
      routes: { chat: ['a/m', 'b/m', 'c/m'], other: ['a/other'] },
    })
    for (let request = 1; request <= 5; request++) await ask()
    const status = router.status()
    expect(status.map(({ target, circuit, endpoint }) => `${target} ${circuit} ${endpoint}`)).toEqual([
      'a/m closed open',
      'b/m open closed',
      'c/m closed closed',
      'a/other closed open',
    ])
    expect(status.map(({ readyInMs }) => readyInMs !== undefined)).toEqual([true, true, false, true])
  })

  it('tells what was isolated by hand, with no time', () => {
    const { router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    router.isolate('a/m')
    expect(router.status()[0]).toMatchObject({ circuit: 'isolated' })
    expect(router.status()[0]).not.toHaveProperty('readyInMs')
    router.reset('a/m')
    router.isolate('a')
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', endpoint: 'isolated' })
  })
})
