import { describe, expect, it } from 'vitest'
import type { ChatResponse, Provider, ProviderPlugin } from '../src/index.ts'
import type { Reply } from '../src/testing/index.ts'
import { createListenedSignal } from './listened-signal.ts'
import { createWorld, fails, question, scripted } from './world.ts'

/** What a caller is doing when it leaves. */
interface Phase {
  readonly during: string
  readonly replies: Reply | readonly Reply[]
  /** When the caller leaves, in milliseconds from the start. */
  readonly afterMs: number
  /** Calls that were made by then. */
  readonly calls: number
}

const waits: readonly Phase[] = [
  { during: 'in a backoff', replies: fails('server'), afterMs: 100, calls: 1 },
  { during: 'in the second backoff', replies: fails('server'), afterMs: 200, calls: 2 },
  {
    during: 'while a Retry-After is waited for',
    replies: fails('rate-limit', { retryAfterMs: 9000 }),
    afterMs: 500,
    calls: 1,
  },
]

const chats: readonly Phase[] = [
  { during: 'in a call', replies: { delayMs: 1000 }, afterMs: 500, calls: 1 },
  { during: 'in a call that would fail', replies: { delayMs: 1000, ...fails('server') }, afterMs: 500, calls: 1 },
  { during: 'in a call after a retry', replies: [fails('server'), { end: 'stall' }], afterMs: 500, calls: 2 },
  ...waits,
]

const streams: readonly Phase[] = [
  { during: 'before the first content', replies: { delayMs: 1000 }, afterMs: 500, calls: 1 },
  { during: 'after empty deltas', replies: { text: ['', ''], end: 'stall' }, afterMs: 500, calls: 1 },
  { during: 'after the first content', replies: { text: ['a', 'b'], pieceDelayMs: 1000 }, afterMs: 500, calls: 1 },
  {
    during: 'long after the first content',
    replies: { text: ['a', 'b', 'c', 'd'], pieceDelayMs: 300 },
    afterMs: 700,
    calls: 1,
  },
  { during: 'in a stalled stream', replies: { text: ['a'], end: 'stall' }, afterMs: 500, calls: 1 },
  ...waits,
]

const kinds = [
  ...chats.map((phase) => ({ ...phase, how: 'chat' as const })),
  ...streams.map((phase) => ({ ...phase, how: 'stream' as const })),
]

describe('a caller that leaves', () => {
  it.each(kinds)('$how, $during, gets its own reason back at once, and nothing stays behind', async (phase) => {
    const a = scripted('a', phase.replies)
    const { ask, read, errorOf, clock, router, events } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const { signal, abort, listeners } = createListenedSignal()
    const reason = { any: 'value' }
    clock.schedule(phase.afterMs, () => abort(reason))
    const work = phase.how === 'chat' ? ask({}, { signal }) : read({}, { signal })
    expect(await errorOf(work)).toBe(reason)
    expect(clock.now()).toBe(phase.afterMs)
    expect(a.calls).toHaveLength(phase.calls)
    expect([listeners(), clock.pending]).toEqual([0, 0])
    expect(router.status()[0]).toMatchObject({ inFlight: 0 })
    expect(events.at(-1)).toEqual({ type: 'request-aborted', request: 1, route: 'chat', latencyMs: phase.afterMs })
  })

  it.each(['chat', 'stream'] as const)('before a %s starts has nothing sent', async (how) => {
    const a = scripted('a')
    const { ask, read, errorOf, events } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const { signal, abort, listeners } = createListenedSignal()
    abort('never mind')
    expect(await errorOf(how === 'chat' ? ask({}, { signal }) : read({}, { signal }))).toBe('never mind')
    expect([a.calls, listeners()]).toEqual([[], 0])
    expect(events.map(({ type }) => type)).toEqual(['request-started', 'request-aborted'])
  })

  it.each(['chat', 'stream'] as const)('while the provider of a %s is loaded has nothing sent, ever', async (how) => {
    const a = scripted('a')
    let loaded: (provider: Provider) => void = () => undefined
    const manifest: ProviderPlugin['manifest'] = {
      id: 'a',
      name: 'A',
      tier: 'production',
      credentials: [],
      capabilities: a.capabilities('m'),
    }
    const plugin: ProviderPlugin = {
      specificationVersion: 1,
      manifest,
      create: () => new Promise<Provider>((resolve) => (loaded = resolve)),
    }
    const { ask, read, errorOf, clock, router } = createWorld({ providers: [plugin], routes: { chat: ['a/m'] } })
    const { signal, abort, listeners } = createListenedSignal()
    clock.schedule(50, () => abort('too slow'))
    expect(await errorOf(how === 'chat' ? ask({}, { signal }) : read({}, { signal }))).toBe('too slow')
    loaded(a)
    await clock.advance(1000)
    expect([a.calls, listeners(), clock.pending]).toEqual([[], 0, 0])
    expect((await ask()).text).toBe('ok')
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 0, successes: 1 })
  })

  it('is told to the provider by its signal, with the reason', async () => {
    const reasons: unknown[] = []
    const a = scripted('a')
    const waiting: Provider = {
      ...a,
      chat: (_, options) =>
        new Promise<ChatResponse>(() => {
          options?.signal?.addEventListener('abort', () => reasons.push(options.signal?.reason), { once: true })
        }),
    }
    const { ask, errorOf, clock } = createWorld({ providers: [waiting], routes: { chat: ['a/m'] } })
    const leaving = new AbortController()
    clock.schedule(10, () => leaving.abort('enough'))
    await errorOf(ask({}, { signal: leaving.signal }))
    expect(reasons).toEqual(['enough'])
  })

  it('is no fault of the target, and no other target is asked', async () => {
    const [a, b] = [scripted('a', { end: 'stall' }), scripted('b')]
    const { errorOf, clock, router, events } = createWorld({ providers: [a, b], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 10; request++) {
      const leaving = new AbortController()
      const work = errorOf(router.chat(question, { signal: leaving.signal }))
      await clock.advance(10)
      leaving.abort()
      await work
    }
    expect(b.calls).toEqual([])
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', status: 'healthy', failures: 0, inFlight: 0 })
    expect(events.at(-2)).toMatchObject({
      type: 'attempt-aborted',
      attempt: { target: 'a/m', outcome: 'aborted', durationMs: 10 },
    })
  })

  it('after the answer changes nothing', async () => {
    const { ask, read, router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    const { signal, abort, listeners } = createListenedSignal()
    await ask({}, { signal })
    await read({}, { signal })
    expect(listeners()).toBe(0)
    abort('late')
    expect(router.status()[0]).toMatchObject({ successes: 2, inFlight: 0 })
  })

  it('can leave many requests with one signal', async () => {
    const { router, errorOf, clock } = createWorld({
      providers: [scripted('a', { end: 'stall' })],
      routes: { chat: ['a/m'] },
    })
    const { signal, abort, listeners } = createListenedSignal()
    const works = Array.from({ length: 50 }, () => errorOf(router.chat(question, { signal })))
    await clock.advance(1)
    expect(listeners()).toBe(50)
    abort('all')
    expect(new Set(await Promise.all(works))).toEqual(new Set(['all']))
    expect([listeners(), clock.pending, router.status()[0]?.inFlight]).toEqual([0, 0, 0])
  })
})

describe('a router that is disposed', () => {
  const disposed = { code: 'disposed' }

  it('takes no more requests', async () => {
    const a = scripted('a')
    const { ask, read, errorOf, router } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    router.dispose()
    router.dispose()
    expect(await errorOf(ask())).toMatchObject(disposed)
    expect(await errorOf(read())).toMatchObject(disposed)
    expect(a.calls).toEqual([])
  })

  it.each(kinds)('ends a $how that is running, $during', async (phase) => {
    const a = scripted('a', phase.replies)
    const { ask, read, errorOf, clock, router } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    clock.schedule(phase.afterMs, () => router.dispose())
    expect(await errorOf(phase.how === 'chat' ? ask() : read())).toMatchObject(disposed)
    expect([clock.now(), clock.pending]).toEqual([phase.afterMs, 0])
    expect(a.calls).toHaveLength(phase.calls)
    expect(router.status()[0]).toMatchObject({ inFlight: 0 })
  })

  it('ends a stream that nobody reads at the moment', async () => {
    const a = scripted('a', { text: ['a', 'b'] })
    const { open, errorOf, clock, router } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const stream = open()
    await stream.next()
    router.dispose()
    await clock.advance(0)
    expect(a.calls[0]?.aborted).toBe(true)
    expect([router.status()[0]?.inFlight, clock.pending]).toEqual([0, 0])
    expect(await errorOf(stream.next())).toMatchObject(disposed)
  })
})
