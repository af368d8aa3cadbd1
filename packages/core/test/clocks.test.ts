import { describe, expect, it } from 'vitest'
import type { ChatResponse, Provider, RouteFailedError, RouteOptions, StreamEvent } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import type { Reply } from '../src/testing/index.ts'
import { createWorld, fails, lines, scripted } from './world.ts'

const stages = [{ targets: ['a/m'] }, { targets: ['b/m'] }]

function withRoute(a: Reply | Provider, route: Partial<RouteOptions> = {}) {
  const provider = 'chat' in a ? a : scripted('a', a)
  return createWorld({
    providers: [provider, scripted('b')],
    routes: { chat: { stages, retry: { attempts: 0 }, ...route } },
  })
}

/** A provider that hears no signal and answers nothing, ever. */
function deaf(): Provider & { readonly signals: AbortSignal[] } {
  const signals: AbortSignal[] = []
  const never = new Promise<never>(() => undefined)
  const able = createScriptedProvider({ id: 'a' })
  return {
    specificationVersion: 1,
    id: 'a',
    signals,
    capabilities: (model) => able.capabilities(model),
    chat(_, options): Promise<ChatResponse> {
      if (options?.signal) signals.push(options.signal)
      return never
    },
    stream(_, options): AsyncIterable<StreamEvent> {
      if (options?.signal) signals.push(options.signal)
      return { [Symbol.asyncIterator]: () => ({ next: () => never, return: () => never }) }
    },
  }
}

describe('the clock of one call', () => {
  it('ends a call that gives no answer in 30 seconds, and moves on', async () => {
    const { ask, clock } = withRoute({ end: 'stall' })
    expect(lines(await ask())).toEqual(['1 a/m first failure timeout', '2 b/m next-stage success'])
    expect(clock.now()).toBe(30_000)
  })

  it('is set by the route, and a later stage is asked rather than the same target again', async () => {
    const { ask, clock } = withRoute({ end: 'stall' }, { attemptMs: 100, retry: { attempts: 1, baseMs: 0, capMs: 0 } })
    const answer = await ask()
    expect(answer.attempts.map(({ durationMs }) => durationMs)).toEqual([100, 0])
    expect(clock.now()).toBe(100)
  })

  it('is half of the time that is left while somebody else could be called, unless the route sets it', async () => {
    const { ask, clock } = createWorld({
      providers: [scripted('a', { end: 'stall' }), scripted('b', { end: 'stall' }), scripted('c')],
      routes: { chat: ['a/m', 'b/m', 'c/m'] },
    })
    const answer = await ask()
    expect(answer.attempts.map(({ durationMs }) => durationMs)).toEqual([30_000, 15_000, 0])
    expect(clock.now()).toBe(45_000)
  })

  it('lets a call pass that answers just in time', async () => {
    const { ask } = withRoute({ delayMs: 99 }, { attemptMs: 100 })
    expect((await ask()).provider).toBe('a')
  })

  it('does not hold for streams, whose clock is the one to the first content', async () => {
    const { read } = withRoute({ delayMs: 500 }, { attemptMs: 100 })
    expect((await read()).at(-1)).toMatchObject({ type: 'finish', provider: 'a' })
  })

  it('tells the provider by its signal, and does not wait until it listens', async () => {
    const a = deaf()
    const { ask, router, clock } = withRoute(a, { attemptMs: 100 })
    expect((await ask()).provider).toBe('b')
    expect(a.signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(a.signals[0]?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
    expect(clock.pending).toBe(0)
  })
})

describe('the clock to the first content', () => {
  it('ends a stream without content after 15 seconds, and moves on unseen', async () => {
    const { read, clock } = withRoute({ end: 'stall', events: [] })
    const events = await read()
    expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
    expect(clock.now()).toBe(15_000)
  })

  it('is set by the route, and abandons a provider that hears no signal', async () => {
    const a = deaf()
    const { read, clock, router } = withRoute(a, { firstContentMs: 100 })
    expect((await read()).at(-1)).toMatchObject({ type: 'finish', provider: 'b' })
    expect(clock.now()).toBe(100)
    expect(a.signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
  })

  it('is not stopped by empty deltas, usage or roles', async () => {
    const usage = {
      uncachedInputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTextTokens: 0,
      reasoningTokens: 0,
    }
    const nothing: StreamEvent[] = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? { type: 'text-delta', text: '' } : { type: 'usage', usage },
    )
    const { read, clock } = withRoute({ events: nothing, pieceDelayMs: 10 }, { firstContentMs: 100 })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(clock.now()).toBe(100)
  })
})

describe('the idle clock', () => {
  it('breaks a stream that falls silent for 20 seconds after content', async () => {
    const { read, errorOf, clock } = withRoute({ text: ['half'], end: 'stall' })
    const error = await errorOf(read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'timeout', delivered: { text: 'half' } })
    expect(clock.now()).toBe(20_000)
  })

  it('starts anew with each piece of content', async () => {
    const { read, clock } = withRoute({ text: ['a', 'b', 'c', 'd', 'e'], pieceDelayMs: 90 }, { idleMs: 100 })
    expect((await read()).at(-1)).toMatchObject({ type: 'finish', provider: 'a' })
    expect(clock.now()).toBe(360)
  })

  it('is not wound up by empty deltas', async () => {
    const events: StreamEvent[] = [
      { type: 'text-delta', text: 'half' },
      ...Array.from({ length: 50 }, (): StreamEvent => ({ type: 'text-delta', text: '' })),
    ]
    const { read, errorOf, clock } = withRoute({ events, pieceDelayMs: 10 }, { idleMs: 100 })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind: 'timeout' })
    expect(clock.now()).toBe(100)
  })
})

describe('the deadline of a request', () => {
  it('is 60 seconds, over all calls', async () => {
    const { ask, errorOf, clock } = createWorld({
      providers: [scripted('a', { end: 'stall' })],
      routes: {
        chat: {
          stages: [{ targets: ['a/m'] }],
          retry: { attempts: 5, baseMs: 0, capMs: 0 },
          attemptMs: 25_000,
          failures: { timeout: { retryHere: 'yes' } },
        },
      },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ reason: 'deadline', kind: 'timeout', latencyMs: 60_000 })
    expect(error.attempts.map(({ durationMs }) => durationMs)).toEqual([25_000, 25_000, 10_000])
    expect(clock.now()).toBe(60_000)
  })

  it('cuts a call short, which then counts against nobody', async () => {
    const { ask, errorOf, router } = createWorld({
      providers: [scripted('a', { delayMs: 90, ...fails('server') }), scripted('b', { end: 'stall' })],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], deadlineMs: 100, attemptMs: 95 } },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ reason: 'deadline', latencyMs: 100 })
    expect(lines(error)).toEqual(['1 a/m first failure server', '2 b/m next-target failure timeout'])
    expect(router.status()[1]).toMatchObject({ failures: 0, inFlight: 0, status: 'healthy' })
  })

  it('leaves out a backoff that would not end before it, and goes to the next stage instead', async () => {
    const { ask } = withRoute(fails('server'), { deadlineMs: 100, retry: { attempts: 2, baseMs: 200, capMs: 200 } })
    expect(lines(await ask())).toEqual(['1 a/m first failure server', '2 b/m next-stage success'])
  })

  it('leaves out a Retry-After that would not end before it', async () => {
    const { ask, errorOf, clock } = createWorld({
      providers: [scripted('a', fails('rate-limit', { retryAfterMs: 5000 }))],
      routes: { chat: { stages: [{ targets: ['a/m'] }], deadlineMs: 5000 } },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'rate-limit', retryAfterMs: 5000 })
    expect(clock.now()).toBe(0)
  })

  it('ends a stream that is still going on', async () => {
    const pieces = Array.from({ length: 100 }, () => 'x')
    const { read, errorOf, clock } = withRoute({ text: pieces, pieceDelayMs: 10 }, { deadlineMs: 105 })
    const error = await errorOf(read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'timeout', delivered: { text: 'x'.repeat(11) } })
    expect(clock.now()).toBe(105)
  })

  it('is not given anew to the next target', async () => {
    const { read, errorOf, clock } = createWorld({
      providers: [scripted('a', { delayMs: 80, ...fails('server') }), scripted('b', { end: 'stall', events: [] })],
      routes: { chat: { stages, deadlineMs: 100, retry: { attempts: 0 } } },
    })
    expect(await errorOf(read())).toMatchObject({ code: 'all-attempts-failed', reason: 'deadline', kind: 'server' })
    expect(clock.now()).toBe(100)
  })
})
