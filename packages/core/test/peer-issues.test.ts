import { describe, expect, it } from 'vitest'
import { isProviderError, kindOfStatus } from '../src/provider.ts'
import type { FailureKind, RouteFailedError, StreamEvent } from '../src/index.ts'
import type { Reply } from '../src/testing/index.ts'
import { createWorld, fails, lines, question, scripted } from './world.ts'

/** What went wrong for the users of others: each test is named by the project and its issue. */
const noRetry = { attempts: 0 }

function overTwo(a: Reply | readonly Reply[]) {
  const [first, second] = [scripted('a', a), scripted('b', { text: ['from b'] })]
  return {
    ...createWorld({ providers: [first, second], routes: { chat: ['a/m', 'b/m'], alone: ['a/m'] } }),
    a: first,
    b: second,
  }
}

const ping = { type: 'ping' } as unknown as StreamEvent
const emptyDelta: StreamEvent = { type: 'text-delta', text: '' }

describe('streams and fallback', () => {
  it('litellm 24004: an error inside a stream is a failure, for the next target and for health', async () => {
    const { read, router } = overTwo({ events: [emptyDelta], ...fails('overloaded') })
    for (let request = 1; request <= 5; request++) expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(router.status()[0]).toMatchObject({ failures: 5, successes: 0, circuit: 'open' })
  })

  it.each([
    ['cut', { events: [emptyDelta], end: 'cut' }],
    ['stalled', { events: [emptyDelta], end: 'stall' }],
    ['malformed', { events: [emptyDelta, null as unknown as StreamEvent] }],
  ] as const)('litellm 40404: a stream that is %s falls back', async (_, reply) => {
    const { read } = overTwo(reply)
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
  })

  it('litellm 6957: the first read of a stream waits for content or for the failure of all', async () => {
    const { open, clock, read, errorOf } = overTwo([{ delayMs: 100, ...fails('server') }])
    const stream = open()
    expect(await clock.run(stream.next())).toMatchObject({ value: { type: 'attempt-failed' } })
    expect(await clock.run(stream.next())).toMatchObject({ value: { text: 'from b' } })
    await stream.return()
    expect(await errorOf(read({ model: 'alone' }))).toMatchObject({ code: 'all-attempts-failed' })
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

  it('portkey 1797: a stream that ends without its terminal marker never ends well', async () => {
    const { read, errorOf, router } = overTwo({ text: ['half'], end: 'cut' })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind: 'truncated' })
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 1 })
  })

  it('bifrost 5395: an event of structure is no content, and an error after it falls back', async () => {
    const { read } = overTwo({ events: [ping, ping], ...fails('server') })
    expect((await read()).map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
  })

  it('litellm 5859: pings and empty deltas do not wind up the clock to the first content', async () => {
    const events = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? ping : emptyDelta))
    const { read, clock } = overTwo({ events, pieceDelayMs: 1000 })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(clock.now()).toBe(15_000)
  })

  it('litellm 13774: a client that disconnects ends the call at the provider', async () => {
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
})

describe('retries, pauses and circuits', () => {
  it('litellm 7823: the only target is not taken away after a failure', async () => {
    const a = scripted('a', [fails('server'), fails('server'), fails('server'), {}])
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    await errorOf(ask())
    expect(lines(await ask())).toEqual(['1 a/m first success'])
  })

  it('litellm 8668: nor after many', async () => {
    const a = scripted('a', ({ number }) => (number <= 30 ? fails('server') : {}))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: noRetry } },
    })
    for (let request = 1; request <= 30; request++) await errorOf(ask())
    expect(a.calls).toHaveLength(30)
    expect((await ask()).provider).toBe('a')
  })

  it('litellm 40130: a pause is the longer of two, whichever came first', async () => {
    for (const [first, second] of [
      [60_000, 5000],
      [5000, 60_000],
    ] as const) {
      const a = scripted('a', ({ number }) =>
        number === 1
          ? { delayMs: 1, ...fails('rate-limit', { retryAfterMs: first }) }
          : { delayMs: 1, ...fails('rate-limit', { retryAfterMs: second }) },
      )
      const { router, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
      await clock.run(Promise.all([router.chat(question), router.chat(question)]))
      expect(router.status()[0]?.readyInMs).toBe(60_000)
    }
  })

  it('litellm 42432: a request that the service refuses does not pause or open anything', async () => {
    const { ask, errorOf, router } = overTwo(fails('invalid-request', { status: 400 }))
    for (let request = 1; request <= 20; request++)
      expect(await errorOf(ask())).toMatchObject({ kind: 'invalid-request' })
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', status: 'healthy', failures: 0 })
    expect(router.status()[0]).not.toHaveProperty('readyInMs')
  })

  it("litellm 40958: the router's own failure never counts against a provider", async () => {
    const { ask, router } = createWorld({
      providers: [scripted('a', fails('quota')), scripted('b')],
      routes: { chat: ['inner', 'b/m'], inner: ['a/m'] },
    })
    for (let request = 1; request <= 20; request++) expect((await ask()).provider).toBe('b')
    for (const status of router.status())
      expect(status).toMatchObject({ circuit: 'closed', failures: 0, status: 'healthy' })
  })

  it('litellm 27823: when everybody is paused, the caller is told the shortest time', async () => {
    const { ask, errorOf } = createWorld({
      providers: ['a', 'b', 'c'].map((id, index) =>
        scripted(id, fails('rate-limit', { retryAfterMs: 60_000 * (3 - index) })),
      ),
      routes: { chat: ['a/m', 'b/m', 'c/m'] },
    })
    await errorOf(ask())
    expect(await errorOf(ask())).toMatchObject({ kind: 'rate-limit', attempts: [], retryAfterMs: 60_000 })
  })

  it('langwatch 7027: a provider that is limited is not asked again until it may', async () => {
    const { ask, a, clock } = overTwo(fails('rate-limit', { retryAfterMs: 3_600_000 }))
    for (let minute = 1; minute <= 60; minute++) {
      expect((await ask()).provider).toBe('b')
      await clock.advance(59_000)
    }
    expect(a.calls).toHaveLength(1)
  })

  it('free-coding-models 148: every status of a service in trouble moves on, known or not', async () => {
    const statuses = [408, 409, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]
    for (const status of statuses) {
      const { ask } = overTwo(fails(kindOfStatus(status), { status }))
      expect([status, (await ask()).provider]).toEqual([status, 'b'])
    }
  })

  it('litellm 19985: fallbacks do not multiply retries beyond the attempts of a request', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const providers = ids.map((id) => scripted(id, fails('server')))
    const stages = ids.map((id) => ({ targets: [`${id}/m`] }))
    const { ask, errorOf } = createWorld({ providers, routes: { chat: { stages, retry: { attempts: 5 } } } })
    expect((await errorOf<RouteFailedError>(ask())).attempts).toHaveLength(6)
    expect(providers.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(6)
  })

  it('future-agi 2693: no herd passes a half-open circuit', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : { delayMs: 1000 }))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(5000)
    await clock.run(Promise.all(Array.from({ length: 200 }, () => router.chat(question))))
    expect(a.calls).toHaveLength(5 + 3)
  })

  it('metapi-go 791: a call that hangs in a half-open circuit keeps nobody out for ever', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : number <= 8 ? { end: 'stall' } : {}))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(5000)
    const stalled = Promise.all([1, 2, 3].map(() => router.chat(question)))
    await clock.advance(60_000)
    await stalled
    await clock.advance(router.status()[0]?.readyInMs ?? 0)
    expect((await ask()).provider).toBe('a')
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', inFlight: 0 })
  })
})

describe('answers and errors', () => {
  it('GoModel 947: a success without an answer is a failure', async () => {
    const { ask, router } = overTwo({ text: [] })
    expect(lines(await ask())).toEqual(['1 a/m first failure empty', '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 1 })
  })

  it('pydantic-ai 3028: the error of a route holds the error of every call', async () => {
    const kinds: readonly FailureKind[] = ['authentication', 'rate-limit', 'overloaded', 'unknown']
    const { ask, errorOf } = createWorld({
      providers: kinds.map((kind, index) => scripted(`p${index}`, fails(kind))),
      routes: { chat: { stages: [{ targets: kinds.map((_, index) => `p${index}/m`) }], retry: noRetry, maxWaitMs: 0 } },
    })
    const { errors } = await errorOf<RouteFailedError>(ask())
    expect(errors.every(isProviderError)).toBe(true)
    expect(errors.map(({ kind, provider }) => [kind, provider])).toEqual(
      kinds.map((kind, index) => [kind, `p${index}`]),
    )
  })
})
