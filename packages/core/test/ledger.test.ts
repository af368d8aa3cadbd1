import { describe, expect, it } from 'vitest'
import type { RouteFailedError, RoutedResponse } from '../src/index.ts'
import { createWorld, fails, question, scripted } from './world.ts'

const secret = 'the content that nobody may read'
const key = 'sk-abcdefghijklmnop1234567890'

function everythingFails() {
  return createWorld({
    providers: [
      scripted('a', {
        delayMs: 40,
        ...fails('authentication', { status: 401, code: 'bad_key', message: 'no such key' }),
      }),
      scripted('b', { delayMs: 60, ...fails('rate-limit', { status: 429, retryAfterMs: 90_000 }) }),
      scripted('c', fails('server', { status: 500 })),
    ],
    routes: {
      chat: {
        stages: [
          { name: 'primary', targets: ['a/m', 'b/m'] },
          { name: 'last', targets: ['c/m'] },
        ],
        retry: { attempts: 1 },
      },
    },
  })
}

describe('the ledger', () => {
  it('of an answer holds every call with all that is known of it', async () => {
    const usage = {
      uncachedInputTokens: 10,
      cacheReadTokens: 2,
      cacheWriteTokens: 0,
      outputTextTokens: 5,
      reasoningTokens: 1,
    }
    const { ask } = createWorld({
      providers: [
        scripted('a', { delayMs: 40, ...fails('server', { status: 503, code: 'busy', message: 'try later' }) }),
        scripted('b', { delayMs: 60, usage }),
      ],
      routes: { chat: { stages: [{ name: 'primary', targets: ['a/m', 'b/x'] }] } },
    })
    const { route, attempts, exclusions, latencyMs } = await ask()
    expect({ route, exclusions, latencyMs }).toEqual({ route: 'chat', exclusions: [], latencyMs: 100 })
    const place = { stage: 'primary' }
    expect(attempts).toEqual([
      {
        ...place,
        number: 1,
        target: 'a/m',
        provider: 'a',
        model: 'm',
        reason: 'first',
        outcome: 'failure',
        startMs: 0,
        durationMs: 40,
        kind: 'server',
        status: 503,
        code: 'busy',
        message: 'try later',
      },
      {
        ...place,
        number: 2,
        target: 'b/x',
        provider: 'b',
        model: 'x',
        reason: 'next-target',
        outcome: 'success',
        startMs: 40,
        durationMs: 60,
        usage,
      },
    ])
  })

  it('of a stream tells the time to the first content', async () => {
    const { read } = createWorld({
      providers: [scripted('a', { delayMs: 30, text: ['a', 'b'], pieceDelayMs: 20 })],
      routes: { chat: ['a/m'] },
    })
    expect((await read()).at(-1)).toMatchObject({
      type: 'finish',
      latencyMs: 50,
      attempts: [{ outcome: 'success', firstContentMs: 30, durationMs: 50 }],
    })
  })

  it('of a failed request is in its one error, with every cause', async () => {
    const { ask, errorOf } = everythingFails()
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ route: 'chat', reason: 'exhausted', latencyMs: 225 })
    expect(error.attempts).toMatchObject([
      { number: 1, target: 'a/m', kind: 'authentication', status: 401, code: 'bad_key', startMs: 0, durationMs: 40 },
      { number: 2, target: 'b/m', kind: 'rate-limit', status: 429, retryAfterMs: 90_000, startMs: 40, durationMs: 60 },
      { number: 3, target: 'c/m', kind: 'server', reason: 'next-stage', startMs: 100 },
      { number: 4, target: 'c/m', kind: 'server', reason: 'retry', startMs: 225, waitedMs: 125 },
    ])
    expect(error.errors.map(({ kind }) => kind)).toEqual(['authentication', 'rate-limit', 'server', 'server'])
  })

  it('is told by the message of that error, line by line', async () => {
    const { ask, errorOf } = everythingFails()
    expect((await errorOf(ask())).message.split('\n')).toEqual([
      "Route 'chat' failed (authentication), no target is left to try; try again in 90 s:",
      '  1. a/m authentication 401 after 40 ms: no such key',
      '  2. b/m rate-limit 429 after 60 ms: b failed: rate-limit',
      '  3. c/m server 500 after 0 ms: c failed: server',
      '  4. c/m server 500 after 0 ms: c failed: server',
    ])
    const again = (await errorOf(ask())).message
    expect(again).toContain('-  a/m not tried, account-paused: left alone for another 300 s after authentication')
    expect(again).toContain('-  b/m not tried, paused: left alone for another 90 s after rate-limit')
  })

  it('tells after which call each exclusion came', async () => {
    const { ask } = createWorld({
      providers: [scripted('a', fails('server')), scripted('b', fails('quota')), scripted('c')],
      routes: { chat: ['a/m', 'b/m', 'c/m'] },
    })
    await ask()
    expect((await ask()).exclusions).toMatchObject([
      { target: 'b/m', reason: 'account-paused', afterAttempt: 1, readyInMs: 60_000 },
    ])
  })

  it('survives JSON unchanged, on success and on failure', async () => {
    const { ask, errorOf } = everythingFails()
    const error = await errorOf<RouteFailedError>(ask())
    const again = await errorOf<RouteFailedError>(ask())
    const answer = await createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } }).ask()
    for (const { attempts, exclusions } of [error, again, answer]) {
      expect(JSON.parse(JSON.stringify({ attempts, exclusions }))).toEqual({ attempts, exclusions })
    }
  })

  it('names the kind of failure that is most useful, not the last', async () => {
    const kindsOf = async (...kinds: Parameters<typeof fails>[0][]) => {
      const providers = kinds.map((kind, index) => scripted(`p${index}`, fails(kind)))
      const routes = { chat: { stages: [{ targets: kinds.map((_, index) => `p${index}/m`) }], retry: { attempts: 0 } } }
      const { ask, errorOf } = createWorld({ providers, routes })
      const { kind, cause } = await errorOf<RouteFailedError>(ask())
      expect(cause).toMatchObject({ kind })
      return kind
    }
    expect(await kindsOf('server', 'quota', 'network')).toBe('quota')
    expect(await kindsOf('unknown', 'timeout')).toBe('timeout')
    expect(await kindsOf('model-not-found', 'authentication', 'server')).toBe('authentication')
    expect(await kindsOf('server', 'network', 'overloaded')).toBe('overloaded')
  })

  it('of a request that found everyone paused names the reason of the pauses', async () => {
    const { ask, errorOf } = createWorld({
      providers: [scripted('a', fails('quota'))],
      routes: { chat: ['a/m'] },
    })
    await errorOf(ask())
    expect(await errorOf(ask())).toMatchObject({ kind: 'quota', attempts: [], errors: [] })
  })

  it('holds no content and no key, neither in the ledger nor in events nor in logs', async () => {
    const told: unknown[] = []
    const log = (message: string, fields?: unknown): void => void told.push([message, fields])
    const { ask, read, errorOf, events } = createWorld({
      providers: [
        scripted('a', [fails('server'), fails('truncated'), { text: [secret] }]),
        scripted('b', { text: [secret] }),
      ],
      routes: { chat: ['a/m', 'b/m'], alone: ['a/m'] },
      env: { SOME_API_KEY: key },
      logger: { debug: log, info: log, warn: log, error: log },
    })
    const request = {
      messages: [{ role: 'user' as const, content: secret }],
      user: `${secret} user`,
      metadata: { label: secret },
      providerOptions: { a: { key } },
    }
    const ledgers: unknown[] = []
    const note = ({ attempts, exclusions, latencyMs }: RoutedResponse | RouteFailedError): void =>
      void ledgers.push({ attempts, exclusions, latencyMs })
    note(await ask(request))
    ledgers.push((await read(request)).at(-1))
    note(await ask({ ...request, model: 'alone' }))
    await errorOf(ask({ ...request, model: 'a' }))
    for (const all of [ledgers, events, told]) {
      expect(JSON.stringify(all)).not.toContain(secret)
      expect(JSON.stringify(all)).not.toContain(key)
    }
    expect(events.length).toBeGreaterThan(10)
  })
})

describe('the events of a request', () => {
  it('come in the order in which things happen, numbered by request', async () => {
    const { ask, events } = createWorld({
      providers: [scripted('a', [fails('server'), fails('server'), {}])],
      routes: { chat: ['a/m'] },
    })
    await ask()
    await ask()
    expect(events.map((event) => ['request' in event ? event.request : 0, event.type].join(' '))).toEqual([
      '1 request-started',
      '1 attempt-started',
      '1 attempt-failed',
      '1 retry-scheduled',
      '1 attempt-started',
      '1 attempt-failed',
      '1 retry-scheduled',
      '1 attempt-started',
      '1 attempt-succeeded',
      '1 request-succeeded',
      '2 request-started',
      '2 attempt-started',
      '2 attempt-succeeded',
      '2 request-succeeded',
    ])
  })

  it('reach every listener until it unsubscribes, and one that throws disturbs nobody', async () => {
    const errors: unknown[] = []
    const heard: string[] = []
    const { router, ask } = createWorld({
      providers: [scripted('a')],
      routes: { chat: ['a/m'] },
      logger: { debug() {}, info() {}, warn() {}, error: (message, fields) => void errors.push([message, fields]) },
      onEvent: () => {
        throw new Error('a listener of poor quality')
      },
    })
    const stop = router.onEvent(({ type }) => void heard.push(type))
    expect((await ask()).text).toBe('ok')
    stop()
    stop()
    await ask()
    expect(heard).toEqual(['request-started', 'attempt-started', 'attempt-succeeded', 'request-succeeded'])
    expect(errors).toHaveLength(8)
  })

  it('end with one verdict each: succeeded, failed or aborted', async () => {
    const { ask, errorOf, events, router } = createWorld({
      providers: [scripted('a', [{}, fails('invalid-request', { status: 400 }), { end: 'stall' }])],
      routes: { chat: ['a/m'] },
    })
    await ask()
    await errorOf(ask())
    const leaving = new AbortController()
    const aborted = router.chat(question, { signal: leaving.signal }).catch(() => 0)
    leaving.abort()
    await aborted
    const verdicts = ['request-succeeded', 'request-failed', 'request-aborted']
    expect(events.filter(({ type }) => verdicts.includes(type)).map(({ type }) => type)).toEqual(verdicts)
  })
})
