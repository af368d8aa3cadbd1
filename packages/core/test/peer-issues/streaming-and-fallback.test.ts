import { describe, expect, it } from 'vitest'
import type { Provider, RouteOptions, RoutedStreamEvent, StreamEvent, StreamInterruptedError } from '../../src/index.ts'
import { createScriptedProvider } from '../../src/testing/index.ts'
import type { Reply } from '../../src/testing/index.ts'
import { createWorld, fails, lines, question, scripted } from '../world.ts'
import { overTwo } from './over-two.ts'

/** What went wrong with streams for the users of others: each test is named by the project and its issue. */

const ping = { type: 'ping' } as unknown as StreamEvent
const emptyDelta: StreamEvent = { type: 'text-delta', text: '' }
const usage = {
  uncachedInputTokens: 70,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 3,
  reasoningTokens: 0,
}

describe('an error inside a stream', () => {
  it('litellm 24004: is a failure, for the next target and for health', async () => {
    const { read, router } = overTwo({ events: [emptyDelta], ...fails('overloaded') })
    for (let request = 1; request <= 5; request++) expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(router.status()[0]).toMatchObject({ failures: 5, successes: 0, circuit: 'open' })
  })

  it('litellm 24005: is told as a failure to whoever counts, never as a success', async () => {
    const { read, errorOf, events } = overTwo({ events: [emptyDelta], ...fails('overloaded', { status: 529 }) })
    await errorOf(read({ model: 'alone' }))
    await read()
    const told = events.flatMap((event) => ('attempt' in event ? [[event.type, event.attempt.target]] : []))
    expect(told).toEqual([...Array(4).fill(['attempt-failed', 'a/m']), ['attempt-succeeded', 'b/m']])
  })

  it('litellm 38610: that comes after the start of a message, within a 200, moves on', async () => {
    const start = { type: 'message-start', id: 'msg_1' } as unknown as StreamEvent
    const { read } = overTwo({ events: [start, { type: 'usage', usage }], ...fails('server') })
    const events = await read()
    expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
    expect(events.at(-1)).toMatchObject({ provider: 'b', attempts: [{ target: 'a/m', kind: 'server' }, {}] })
  })

  it('bifrost 5395: is no content, nor is an event of structure before it', async () => {
    const { read } = overTwo({ events: [ping, ping], ...fails('server') })
    expect((await read()).map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
  })

  it('portkey 267: that says the connection was lost is a lost connection, in streams and in answers', async () => {
    const { read, ask, router } = overTwo({ events: [], ...fails('network', { status: 200 }) })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect((await ask()).provider).toBe('b')
    expect(router.status()[0]).toMatchObject({ failures: 2, successes: 0 })
  })

  it('vercel/ai 2453: is tried again before the first content, where nobody else is there', async () => {
    const { read } = overTwo([{ events: [emptyDelta], ...fails('overloaded') }, { text: ['here'] }])
    const events = await read({ model: 'alone' })
    expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
    expect(events.at(-1)).toMatchObject({ attempts: [{ reason: 'first' }, { reason: 'retry', outcome: 'success' }] })
  })

  it('vercel/ai 18667: does not take with it the tool calls that were complete', async () => {
    const calls = Array.from({ length: 13 }, (_, index): StreamEvent => {
      return { type: 'tool-call', index, id: `call-${index}`, name: 'search', arguments: `{"page":${index}}` }
    })
    const { read, errorOf } = overTwo({ events: calls, ...fails('server') })
    const { delivered, kind } = await errorOf<StreamInterruptedError>(read())
    expect([kind, delivered.content.length]).toEqual(['server', 13])
    expect(delivered.content.at(-1)).toMatchObject({ type: 'tool-call', id: 'call-12', arguments: '{"page":12}' })
  })
})

describe('a broken stream', () => {
  it.each([
    ['cut', { events: [emptyDelta], end: 'cut' }],
    ['stalled', { events: [emptyDelta], end: 'stall' }],
    ['malformed', { events: [emptyDelta, null as unknown as StreamEvent] }],
  ] as const)('litellm 40404: that is %s falls back', async (_, reply) => {
    const { read } = overTwo(reply)
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
  })

  it.each([
    ['cut', { text: ['half'], end: 'cut' }, 'truncated', 0],
    ['stalled', { text: ['half'], end: 'stall' }, 'timeout', 20_000],
    ['malformed', { events: [{ type: 'text-delta', text: 'half' }, null as unknown as StreamEvent] }, 'malformed', 0],
  ] as const)(
    'litellm 40404: that is %s after its first content is an error with what came',
    async (_, reply, kind, afterMs) => {
      const { read, errorOf, b, clock } = overTwo(reply)
      expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind, delivered: { text: 'half' } })
      expect([b.calls.length, clock.now()]).toEqual([0, afterMs])
    },
  )

  it('portkey 1797: that ends without its terminal marker never ends well', async () => {
    const { read, errorOf, router } = overTwo({ text: ['half'], end: 'cut' })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind: 'truncated' })
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 1 })
  })

  it('litellm 19077: asks nobody else after its first content, unless the route says so', async () => {
    const { read, errorOf, a, b } = overTwo({ text: ['half'], ...fails('overloaded') }, { afterCommit: 'error' })
    const error = await errorOf<StreamInterruptedError>(read({ temperature: 0 }))
    expect(lines(error)).toEqual(['1 a/m first failure overloaded'])
    expect([a.calls.length, b.calls.length]).toEqual([1, 0])
  })

  it('freellmapi 1221: counts: a target whose streams are cut again and again is left alone', async () => {
    const { read, errorOf, a, router } = overTwo({ text: ['half'], end: 'cut' })
    for (let request = 1; request <= 5; request++) await errorOf(read())
    expect(router.status()[0]).toMatchObject({ failures: 5, circuit: 'open' })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ reason: 'circuit-open' }] })
    expect(a.calls).toHaveLength(5)
  })

  it('hermes-agent 25689: that stalls is tried once more, and the loop ends there', async () => {
    const { read, errorOf, a, clock } = overTwo({ events: [ping], end: 'stall' })
    expect(await errorOf(read({ model: 'alone' }))).toMatchObject({ kind: 'timeout', reason: 'exhausted' })
    expect(a.calls).toHaveLength(2)
    expect(clock.now()).toBeLessThan(31_000)
  })
})

describe('a fallback of streams', () => {
  it('litellm 6957: the first read waits for content or for the failure of all', async () => {
    const { open, clock, read, errorOf } = overTwo([{ delayMs: 100, ...fails('server') }])
    const stream = open()
    expect(await clock.run(stream.next())).toMatchObject({ value: { type: 'attempt-failed' } })
    expect(await clock.run(stream.next())).toMatchObject({ value: { text: 'from b' } })
    await stream.return()
    expect(await errorOf(read({ model: 'alone' }))).toMatchObject({ code: 'all-attempts-failed' })
  })

  it('mlflow 25268: a provider that fails before it hands out a stream fails over like one that fails in it', async () => {
    const throwing: Provider = {
      ...scripted('a'),
      stream: () => {
        throw new TypeError('fetch failed')
      },
    }
    const { read } = createWorld({ providers: [throwing, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', attempts: [{ kind: 'unknown' }, {}] })
  })

  it('litellm 29808: an answer and a stream take the same way through retries and fallbacks', async () => {
    const script = [fails('server'), fails('network'), fails('overloaded')]
    const ways = await Promise.all(
      (['chat', 'stream'] as const).map(async (how) => {
        const { ask, read, clock } = createWorld({
          providers: [scripted('a', script), scripted('b', [fails('timeout'), {}])],
          routes: { chat: { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }] } },
        })
        const end = how === 'chat' ? await ask() : (await read()).at(-1)
        return [end !== undefined && 'attempts' in end ? lines(end) : [], clock.now()]
      }),
    )
    expect(ways[1]).toEqual(ways[0])
    expect(ways[0]?.[0]).toHaveLength(5)
  })

  it('litellm 28216: a route within a route, and a router within a router, fall back like the outermost', async () => {
    const providers = [scripted('a', { events: [ping], ...fails('server') }), scripted('b', { text: ['from b'] })]
    const inner = createWorld({ providers, routes: { chat: ['a/m', 'b/m'], outer: ['chat'] } })
    const outer = createWorld({ providers: [inner.router], id: 'around', routes: { outer: ['router/outer'] } })
    for (const { read, ask } of [inner, outer]) {
      expect((await read({ model: 'outer' })).at(-1)).toMatchObject({ type: 'finish', provider: 'b' })
      expect((await ask({ model: 'outer' })).text).toBe('from b')
    }
    const [attempt] = (await outer.ask({ model: 'outer' })).attempts
    expect(attempt).toMatchObject({ target: 'router/outer', outcome: 'success', attempts: [{ outcome: 'success' }] })
  })

  it('ai-retry 50: the deadline of a call that is too slow does not silence the one that follows', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const watch = (provider: Provider): Provider => ({
      ...provider,
      stream: (request, options) => {
        signals.push(options?.signal)
        return provider.stream(request, options)
      },
    })
    const slow = scripted('a', { end: 'stall', text: [] })
    const quick = scripted('b', { text: ['from ', 'b'], pieceDelayMs: 10_000 })
    const { read } = createWorld({ providers: [watch(slow), watch(quick)], routes: { chat: ['a/m', 'b/m'] } })
    const texts = (await read()).flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))
    expect(texts).toEqual(['from ', 'b'])
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false])
  })

  it('ai-retry 51: what opens a stream comes once, and all of the output is that of the call that served', async () => {
    const start = { type: 'stream-start' } as unknown as StreamEvent
    const { read } = createWorld({
      providers: [
        scripted('a', { events: [start, emptyDelta, { type: 'usage', usage }], ...fails('server') }),
        scripted('b', {
          events: [start, { type: 'text-delta', text: 'b' }, { type: 'finish', ...ending('b') }],
        }),
      ],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const events = await read()
    expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
    expect(events.at(-1)).toMatchObject({ provider: 'b', usage: { uncachedInputTokens: 1 } })
  })
})

function ending(provider: string) {
  const finishReason = { unified: 'stop', raw: 'stop' } as const
  return { finishReason, usage: { ...usage, uncachedInputTokens: 1 }, warnings: [], model: 'm', provider }
}

describe('the clocks of a stream', () => {
  it('litellm 5859: pings and empty deltas do not wind up the clock to the first content', async () => {
    const events = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? ping : emptyDelta))
    const { read, clock } = overTwo({ events, pieceDelayMs: 1000 })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(clock.now()).toBe(15_000)
  })

  it('litellm 19909: the clock to the first content runs though nothing has come at all, signal or not', async () => {
    const deaf: Provider = { ...scripted('a'), stream: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) }
    const { read, clock } = createWorld({ providers: [deaf, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', attempts: [{ kind: 'timeout' }, {}] })
    expect(clock.now()).toBe(15_000)
  })

  it('livekit/agents 6171: pings between two pieces do not wind up the clock between them', async () => {
    const events: StreamEvent[] = [{ type: 'text-delta', text: 'half' }, ...Array.from({ length: 50 }, () => ping)]
    const { read, errorOf, clock } = overTwo({ events, pieceDelayMs: 5000 })
    expect(await errorOf(read())).toMatchObject({ kind: 'timeout', delivered: { text: 'half' } })
    expect(clock.now()).toBe(20_000)
  })

  it('bifrost 6472: a stream that is too slow fails over by its route, long before the default clock', async () => {
    const { read, clock } = overTwo({ text: ['slow'], delayMs: 5000 }, { firstContentMs: 2000 })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(clock.now()).toBe(2000)
  })

  it('tensorzero 6328: a silent stream gives its connection back, though nobody configured a clock', async () => {
    const { read, errorOf, a, router, clock } = overTwo({ text: ['half'], end: 'stall' })
    await Promise.all(Array.from({ length: 20 }, () => errorOf(read())))
    expect(a.calls.every(({ aborted }) => aborted)).toBe(true)
    expect([router.status()[0]?.inFlight, clock.pending, clock.now()]).toEqual([0, 0, 20_000])
  })
})

const never = (): Promise<never> => new Promise(() => undefined)

describe('a client that disconnects', () => {
  it('litellm 13774: ends the call at the provider', async () => {
    const { a, open, clock, router } = overTwo({ text: ['a', 'b'], pieceDelayMs: 1000 })
    for await (const event of open()) if (event.type === 'text-delta') break
    const leaving = new AbortController()
    const answer = router.chat(question, { signal: leaving.signal }).catch(() => 'left')
    await clock.advance(0)
    expect(a.calls).toHaveLength(2)
    leaving.abort()
    await answer
    expect(a.calls[0]?.aborted).toBe(true)
    expect(router.status()[0]?.inFlight).toBe(0)
  })

  it('litellm 37140: before the first content ends it too, and during a wait keeps the next from being made', async () => {
    for (const [replies, afterMs, calls] of [
      [{ events: [ping], end: 'stall' }, 500, 1],
      [fails('rate-limit', { retryAfterMs: 9000 }), 4000, 1],
      [[fails('server'), { end: 'stall' }], 1000, 2],
    ] as const) {
      const { a, b, read, errorOf, clock, router } = overTwo(replies)
      const leaving = new AbortController()
      clock.schedule(afterMs, () => leaving.abort('left'))
      expect(await errorOf(read({ model: 'alone' }, { signal: leaving.signal }))).toBe('left')
      expect(clock.now()).toBe(afterMs)
      await clock.advance(60_000)
      expect([a.calls.length, a.calls.at(-1)?.aborted]).toEqual([calls, true])
      expect([b.calls.length, clock.pending, router.status()[0]?.inFlight]).toEqual([0, 0, 0])
    }
  })

  it('litellm 17364: is not forgotten: what was used until then is told', async () => {
    const { open, events } = overTwo({
      events: [
        { type: 'usage', usage },
        { type: 'text-delta', text: 'half' },
      ],
    })
    for await (const event of open()) if (event.type === 'text-delta') break
    const [aborted] = events.filter(({ type }) => type === 'attempt-aborted')
    expect(aborted).toMatchObject({ attempt: { target: 'a/m', outcome: 'aborted', usage } })
  })
})

describe('an answer that broke off', () => {
  const begun: Reply = { text: ['The sky'], ...fails('network') }
  const goOn = (providers: readonly Provider[], more: Partial<RouteOptions> = {}) => {
    const targets = providers.map(({ id }) => `${id}/m`)
    return createWorld({ providers, routes: { chat: { stages: [{ targets }], afterCommit: 'continue', ...more } } })
  }
  const unable = (id: string) => createScriptedProvider({ id, capabilities: { assistantPrefill: false } })
  const textOf = (events: readonly RoutedStreamEvent[]): string =>
    events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')

  it('litellm 27967: is gone on with by a model that takes a beginning, never by one that does not', async () => {
    const [b, c] = [unable('b'), scripted('c', { text: [' is', ' blue.'] })]
    const { read } = goOn([scripted('a', begun), b, c])
    const events = await read()
    expect(textOf(events)).toBe('The sky is blue.')
    expect(b.calls).toEqual([])
    expect(c.calls[0]?.request.messages.at(-1)).toEqual({ role: 'assistant', content: 'The sky' })
    expect(events.at(-1)).toMatchObject({
      attempts: [{ kind: 'network' }, { target: 'c/m', reason: 'continue', outcome: 'success' }],
    })
  })

  it('litellm 36267: is an error with what came, where nobody takes a beginning', async () => {
    const b = unable('b')
    const { read, errorOf } = goOn([scripted('a', begun), b])
    expect(await errorOf(read())).toMatchObject({
      code: 'stream-interrupted',
      kind: 'network',
      delivered: { text: 'The sky' },
    })
    expect(b.calls).toEqual([])
  })

  it('hermes-agent 86572: is gone on with a few times and no more, however often it breaks off again', async () => {
    const stalls = ['a', 'b', 'c'].map((id) => scripted(id, { text: ['more '], end: 'stall' }))
    const { read, errorOf, clock } = goOn(stalls, { idleMs: 100 })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind: 'timeout' })
    expect(stalls.reduce((sum, { calls }) => sum + calls.length, 0)).toBeLessThanOrEqual(6)
    expect(clock.now()).toBeLessThan(2000)
  })

  it('vercel/ai 10653: is not gone on with, nor begun anew unasked, once a tool call was delivered', async () => {
    const call: StreamEvent = { type: 'tool-call', index: 0, id: 'c1', name: 'pay', arguments: '{"usd":5}' }
    const b = scripted('b')
    const { read, errorOf } = goOn([scripted('a', { events: [call], ...fails('server') }), b])
    expect(await errorOf(read())).toMatchObject({ kind: 'server', delivered: { content: [{ name: 'pay' }] } })
    expect(b.calls).toEqual([])
  })
})
