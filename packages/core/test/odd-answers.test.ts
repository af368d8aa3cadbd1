import { describe, expect, it } from 'vitest'
import type { Provider, RouteFailedError, StreamEvent } from '../src/index.ts'
import { createWorld, fails, lines, passedOver, scripted } from './world.ts'

const text: StreamEvent = { type: 'text-delta', text: 'hi' }
const finish: StreamEvent = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  warnings: [],
  model: 'm',
  provider: 'a',
}

/** Provider `a`, whose streams give what `next` gives, one after the other. */
function streaming(...next: (() => unknown)[]): Provider {
  return {
    ...scripted('a'),
    stream: () => {
      let read = 0
      return { [Symbol.asyncIterator]: () => ({ next: () => next[Math.min(read++, next.length - 1)]?.() as never }) }
    },
  }
}

const give = (value: unknown) => () => Promise.resolve({ done: false, value })

describe('an answer of an odd form', () => {
  it('whose usage is null is an answer, and settled once', async () => {
    const a: Provider = {
      ...scripted('a'),
      chat: async (...args) => ({ ...(await scripted('a').chat(...args)), usage: null as never }),
    }
    const { ask, router } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    expect(lines(await ask())).toEqual(['1 a/m first success'])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, successes: 1, failures: 0 })
  })

  it.each([
    [
      'whose iterator throws',
      [
        give(text),
        () => {
          throw new Error('broken')
        },
      ],
    ],
    ['that gives nothing at all', [give(text), () => Promise.resolve(undefined)]],
    ['with a delta that has no text', [give(text), give({ type: 'text-delta' })]],
    ['with an end that has no warnings', [give(text), give({ ...finish, warnings: undefined })]],
  ] as const)('is a stream %s: it is interrupted and leaves nothing behind', async (_, next) => {
    const { read, errorOf, router, clock, events } = createWorld({
      providers: [streaming(...next)],
      routes: { chat: ['a/m'] },
    })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', delivered: { text: 'hi' } })
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
    expect(events.at(-1)?.type).toBe('request-failed')
    expect(clock.pending).toBe(0)
  })

  it.each([Number.POSITIVE_INFINITY, Number.NaN, -5])(
    'with a Retry-After of %s leaves nobody alone for ever',
    async (retryAfterMs) => {
      const a = scripted('a', fails('rate-limit', { retryAfterMs }))
      const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
      const error = await errorOf<RouteFailedError>(ask())
      expect(error.retryAfterMs).toBeGreaterThan(0)
      expect(error.retryAfterMs).toBeLessThanOrEqual(86_400_000)
    },
  )
})

describe('what throws where nobody should', () => {
  it('a strategy: its targets are called in order', async () => {
    const strategy = {
      name: 'broken',
      order: () => {
        throw new Error('no order')
      },
    }
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: { chat: { stages: [{ strategy, targets: ['a/m', 'b/m'] }] } },
    })
    expect((await ask()).provider).toBe('a')
  })

  it('capabilities: the target is passed over', async () => {
    const a: Provider = {
      ...scripted('a'),
      capabilities: () => {
        throw new Error('no idea')
      },
    }
    const { ask } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask({ temperature: 1 })
    expect(answer.provider).toBe('b')
    expect(passedOver(answer)).toEqual(['a/m not-capable after 0'])
  })
})

describe('the allowance of calls', () => {
  it('of no retries is not exceeded by waiting', async () => {
    const a = scripted('a', fails('rate-limit', { retryAfterMs: 1000 }))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: { attempts: 0 } } },
    })
    expect(await errorOf(ask())).toMatchObject({ reason: 'exhausted', kind: 'rate-limit', retryAfterMs: 1000 })
    expect(a.calls).toHaveLength(1)
  })

  it('counts retries and waits together', async () => {
    const a = scripted('a', [
      fails('server'),
      fails('rate-limit', { retryAfterMs: 10 }),
      fails('rate-limit', { retryAfterMs: 10 }),
      {},
    ])
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    await errorOf(ask())
    expect(a.calls).toHaveLength(3)
  })

  it('does not wait for a target whose window is known to be too small', async () => {
    const a = scripted('a', fails('context-length'))
    const b = scripted('b', fails('rate-limit', { retryAfterMs: 5000 }))
    const { ask, errorOf, clock } = createWorld({ providers: [a, b], routes: { chat: ['a/m', 'b/m'], b: ['b/m'] } })
    await errorOf(ask({ model: 'b' }, { signal: AbortSignal.abort() }))
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.kind).toBe('context-length')
    expect(error).not.toHaveProperty('retryAfterMs')
    expect(clock.now()).toBe(0)
  })
})

it('a failure that a route within found final is not asked elsewhere', async () => {
  const b = scripted('b')
  const { ask, errorOf } = createWorld({
    providers: [scripted('a', fails('invalid-request', { status: 400 })), b],
    routes: { inner: ['a/m'], chat: ['inner', 'b/m'] },
  })
  expect(await errorOf(ask())).toMatchObject({ reason: 'final', kind: 'invalid-request' })
  expect(b.calls).toHaveLength(0)
})

it('a caller that leaves as it is told of an attempt is let go at once', async () => {
  const leaving = new AbortController()
  const { ask, errorOf, clock } = createWorld({
    providers: [scripted('a', { end: 'stall' })],
    routes: { chat: ['a/m'] },
    onEvent: ({ type }) => type === 'attempt-started' && leaving.abort('gone'),
  })
  expect(await errorOf(ask({}, { signal: leaving.signal }))).toBe('gone')
  expect(clock.now()).toBe(0)
})
