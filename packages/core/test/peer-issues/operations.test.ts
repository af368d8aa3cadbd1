import { describe, expect, it } from 'vitest'
import type { Provider, RouterEvent } from '../../src/index.ts'
import { plugin } from '../plugin.ts'
import { createWorld, fails, lines, question, scripted } from '../world.ts'
import { overTwo } from './over-two.ts'

/** What went wrong in the running of others: each test is named by the project and its issue. */

describe('a router that runs for long', () => {
  it('litellm 12685: leaves nothing behind of requests, however they ended', async () => {
    const a = scripted('a', ({ number }) => {
      const replies = [
        {},
        fails('server'),
        { end: 'stall' },
        { end: 'cut' },
        { text: ['x', 'y'], pieceDelayMs: 50 },
      ] as const
      return replies[number % 5] ?? {}
    })
    const { router, clock, errorOf } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'], alone: ['b/m'] },
    })
    for (let round = 1; round <= 200; round++) {
      const leaving = new AbortController()
      const asked = router.chat(question, { signal: leaving.signal }).catch(() => 'left')
      const stream = router.stream(question)
      const read = stream.next().then(
        () => stream.return?.(),
        () => undefined,
      )
      await clock.advance(round % 3 === 0 ? 1 : 100)
      leaving.abort()
      await clock.run(Promise.all([asked, read]))
    }
    expect(router.status().map(({ inFlight }) => inFlight)).toEqual([0, 0])
    expect(clock.pending).toBe(0)
    router.dispose()
    expect(await errorOf(router.chat(question))).toMatchObject({ code: 'disposed' })
    expect(clock.pending).toBe(0)
  })

  it('litellm 6404: forgets targets that callers name, but not those of its routes', async () => {
    const { ask, router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    for (let model = 1; model <= 1500; model++) await ask({ model: `a/${model}` })
    expect(router.status()).toHaveLength(1 + 1000)
    expect(router.status().map(({ target }) => target)).toEqual(expect.arrayContaining(['a/m', 'a/1500', 'a/501']))
  })

  it('Skyvern 4678: shares no listener and no state with another router of the same process', async () => {
    const told: [string, RouterEvent][] = []
    const [one, two] = ['one', 'two'].map((name) =>
      createWorld({
        providers: [scripted('a', fails('server')), scripted('b')],
        routes: { chat: ['a/m', 'b/m'] },
        onEvent: (event) => told.push([name, event]),
      }),
    )
    for (let request = 1; request <= 5; request++) await one?.ask()
    expect(new Set(told.map(([name]) => name))).toEqual(new Set(['one']))
    expect(one?.router.status()[0]).toMatchObject({ circuit: 'open' })
    expect(two?.router.status()[0]).toMatchObject({ circuit: 'closed', failures: 0 })
    one?.router.dispose()
    expect((await two?.ask())?.provider).toBe('b')
  })

  it('litellm 15128: tells a listener nothing any more once it has unsubscribed', async () => {
    const { ask, router } = overTwo({})
    const told: string[] = []
    const stops = Array.from({ length: 100 }, () => router.onEvent(({ type }) => told.push(type)))
    for (const stop of stops.slice(1)) stop()
    await ask()
    expect(told.filter((type) => type === 'request-succeeded')).toHaveLength(1)
    stops[0]?.()
    await ask()
    expect(told.filter((type) => type === 'request-succeeded')).toHaveLength(1)
  })

  it('litellm 13668: makes no call for the sake of health, neither idle nor busy', async () => {
    const a = scripted('a')
    let probes = 0
    const metered: Provider = {
      ...a,
      health: {
        cost: 'metered',
        probe: () => {
          probes++
          return Promise.resolve()
        },
      },
    }
    const { ask, clock } = createWorld({ providers: [metered], routes: { chat: ['a/m'] } })
    for (let hour = 1; hour <= 24; hour++) {
      if (hour % 4 === 0) await ask()
      await clock.advance(3_600_000)
    }
    expect([a.calls.length, probes]).toEqual([6, 0])
  })

  it('token.js 75: makes no provider that no request asked for', async () => {
    const [a, b, c] = [plugin({ id: 'a' }), plugin({ id: 'b' }), plugin({ id: 'c' })]
    const { ask, router } = createWorld({ providers: [a, b, c], routes: { chat: ['a/m', 'b/m'] } })
    router.status()
    expect([a.made.length, b.made.length, c.made.length]).toEqual([0, 0, 0])
    await ask()
    await ask()
    expect([a.made.length, b.made.length, c.made.length]).toEqual([1, 0, 0])
  })
})

describe('a local model that is loading', () => {
  it('ollama 4131: is no outage: it is asked again until it is there, and counts as healthy', async () => {
    const a = scripted('a', ({ at }) => (at < 10_000 ? fails('warming', { status: 503, retryAfterMs: 3000 }) : {}))
    const { ask, router, clock } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    while (clock.now() < 10_000) await ask().catch(() => undefined)
    expect(a.calls.length).toBeLessThan(10)
    expect((await ask()).provider).toBe('a')
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', status: 'healthy', failures: 0 })
  })

  it('cline 12839: is served for by others meanwhile', async () => {
    const { ask, clock } = overTwo([fails('warming', { retryAfterMs: 5000 }), { text: ['from a'] }])
    expect([(await ask()).text, (await ask()).text]).toEqual(['from b', 'from b'])
    await clock.advance(5000)
    expect((await ask()).text).toBe('from a')
  })
})

describe('usage', () => {
  it('conductai 1562: belongs to the target that had it, the failed one as well as the one that served', async () => {
    const spent = (uncachedInputTokens: number) => {
      return { uncachedInputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 1, reasoningTokens: 0 }
    }
    const { read } = createWorld({
      providers: [
        scripted('a', { events: [{ type: 'usage', usage: spent(700) }], ...fails('server') }),
        scripted('b', { usage: spent(900) }),
      ],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const end = (await read()).at(-1)
    expect(end).toMatchObject({
      usage: spent(900),
      attempts: [
        { target: 'a/m', usage: spent(700) },
        { target: 'b/m', usage: spent(900) },
      ],
    })
    expect(lines(end as Parameters<typeof lines>[0])).toHaveLength(2)
  })
})
