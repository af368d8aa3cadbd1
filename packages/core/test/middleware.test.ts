import { describe, expect, it } from 'vitest'
import type { ChatRequest, RoutedStreamEvent, RouterOptions } from '../src/index.ts'
import { createWorld, fails, question, scripted } from './world.ts'

type Middleware = NonNullable<RouterOptions['middleware']>[number]

const routes = { chat: ['a/m', 'b/m'] }
const providers = [scripted('a', { text: ['one', ' two'] }), scripted('b')]

function textOf(events: readonly RoutedStreamEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
}

/** Says when it is entered and left. */
function noting(name: string, notes: string[]): Middleware {
  return {
    name,
    async chat(request, next) {
      notes.push(`${name} in`)
      const answer = await next(request)
      notes.push(`${name} out`)
      return answer
    },
    async *stream(request, next) {
      notes.push(`${name} in`)
      try {
        yield* next(request)
      } finally {
        notes.push(`${name} out`)
      }
    },
  }
}

describe('middlewares of a router', () => {
  it('are around every request, the first outermost', async () => {
    const notes: string[] = []
    const middleware = [noting('outer', notes), noting('inner', notes)]
    const { ask, read } = createWorld({ providers, routes, middleware })
    await ask()
    expect(notes.splice(0)).toEqual(['outer in', 'inner in', 'inner out', 'outer out'])
    expect(textOf(await read())).toBe('one two')
    expect(notes).toEqual(['outer in', 'inner in', 'inner out', 'outer out'])
  })

  it('are around a request once, however many routes it goes through', async () => {
    const notes: string[] = []
    const middleware = [noting('only', notes)]
    const { ask, read } = createWorld({ providers, routes: { chat: ['inner'], inner: ['a/m'] }, middleware })
    await ask()
    await read()
    expect(notes).toEqual(['only in', 'only out', 'only in', 'only out'])
  })

  it('may change the request, its route included, and the answer', async () => {
    const b = scripted('b')
    const { ask } = createWorld({
      providers: [scripted('a'), b],
      routes: { chat: ['a/m'], other: ['b/m'] },
      middleware: [
        {
          name: 'reroute',
          chat: async (request, next) => ({
            ...(await next({ ...request, model: 'other', maxTokens: 5 })),
            text: 'mine',
          }),
        },
      ],
    })
    const answer = await ask()
    expect(answer).toMatchObject({ text: 'mine', provider: 'b', route: 'other', attempts: [{ target: 'b/m' }] })
    expect(b.calls[0]?.request.maxTokens).toBe(5)
  })

  it('may answer themselves, and then nobody is called', async () => {
    const a = scripted('a')
    const kept = await createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } }).ask()
    const { ask, read, events } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      middleware: [
        {
          name: 'cache',
          chat: async () => ({ ...kept, degraded: true }),
          async *stream() {
            yield { type: 'text-delta', text: 'kept' }
          },
        },
      ],
    })
    expect(await ask()).toMatchObject({ text: 'ok', degraded: true })
    expect(textOf(await read())).toBe('kept')
    expect([a.calls.length, events.length]).toEqual([0, 0])
  })

  it('may ask again', async () => {
    const a = scripted('a', [{ text: ['bad'] }, { text: ['good'] }])
    const { ask } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      middleware: [
        {
          name: 'again',
          async chat(request, next) {
            const first = await next(request)
            return first.text === 'bad' ? next(request) : first
          },
        },
      ],
    })
    expect((await ask()).text).toBe('good')
  })

  it('see the failure of a request, and may answer it', async () => {
    const seen: unknown[] = []
    const { read, ask, errorOf } = createWorld({
      providers: [scripted('a', fails('authentication'))],
      routes: { chat: ['a/m'] },
      middleware: [
        {
          name: 'watch',
          chat: (request, next) =>
            next(request).catch((error: unknown) => {
              seen.push((error as { code: string }).code)
              throw error
            }),
          async *stream(request, next) {
            try {
              yield* next(request)
            } catch {
              yield { type: 'text-delta', text: 'sorry' }
            }
          },
        },
      ],
    })
    const error = await errorOf<{ code: string }>(ask())
    expect(seen).toEqual([error.code])
    expect(textOf(await read())).toBe('sorry')
  })

  it('that wrap answers alone leave streams as they are', async () => {
    const { read, ask } = createWorld({
      providers,
      routes,
      middleware: [{ name: 'shout', chat: async (request, next) => ({ ...(await next(request)), text: 'SHOUT' }) }],
    })
    expect((await ask()).text).toBe('SHOUT')
    expect(textOf(await read())).toBe('one two')
  })

  it('are told the signal of the caller, the clock and the logger', async () => {
    const controller = new AbortController()
    const seen: unknown[] = []
    const { ask, clock } = createWorld({
      providers,
      routes,
      middleware: [
        {
          name: 'look',
          chat(request, next, context) {
            seen.push(context.signal, context.clock, typeof context.logger.warn)
            return next(request)
          },
        },
      ],
    })
    await ask({}, { signal: controller.signal })
    expect(seen[0]).toBe(controller.signal)
    expect(seen.slice(1)).toEqual([clock, 'function'])
  })
})

describe('a request that is wrong', () => {
  const middleware = [noting('only', [])]

  it('is refused before any middleware sees it', async () => {
    const notes: string[] = []
    const { ask, read, errorOf } = createWorld({ providers, routes, middleware: [noting('only', notes)] })
    expect(await errorOf(ask({ messages: [] }))).toMatchObject({ path: 'request.messages' })
    expect(await errorOf(read({ messages: [] }))).toMatchObject({ path: 'request.messages' })
    expect(notes).toEqual([])
  })

  it('is refused for its options as well', async () => {
    const { ask, read, errorOf } = createWorld({ providers, routes, middleware })
    const options = { signal: 5 } as unknown as { signal: AbortSignal }
    expect(await errorOf(ask({}, options))).toMatchObject({ path: 'options.signal' })
    expect(await errorOf(read({}, options))).toMatchObject({ path: 'options.signal' })
  })

  it('is refused where a middleware made it so', async () => {
    const spoil: Middleware = {
      name: 'spoil',
      chat: (request, next) => next({ ...request, temperature: 9 }),
      stream: (request, next) => next({ ...request, temperature: 9 }),
    }
    const { ask, read, errorOf } = createWorld({ providers, routes, middleware: [spoil] })
    expect(await errorOf(ask())).toMatchObject({ path: 'request.temperature' })
    expect(await errorOf(read())).toMatchObject({ path: 'request.temperature' })
  })
})

describe('a middleware that throws', () => {
  const thrown = (): never => {
    throw new Error('my own')
  }
  const ways: readonly (readonly [string, Middleware])[] = [
    ['at once', { name: 'bad', chat: thrown, stream: thrown }],
    [
      'later',
      {
        name: 'bad',
        chat: async (request, next) => {
          await next(request)
          return thrown()
        },
        async *stream(request, next) {
          yield* next(request)
          thrown()
        },
      },
    ],
  ]

  it.each(ways)('%s fails the request with its own error, and counts against nobody', async (_, bad) => {
    const { ask, read, errorOf, router, clock } = createWorld({ providers, routes, middleware: [bad] })
    expect((await errorOf(ask())).message).toBe('my own')
    expect((await errorOf(read())).message).toBe('my own')
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 0, status: 'healthy' })
    expect(clock.pending).toBe(0)
  })
})

describe('a caller who leaves', () => {
  it('ends the call behind the middlewares', async () => {
    const a = scripted('a', { end: 'stall' })
    const notes: string[] = []
    const { router, clock, errorOf } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      middleware: [noting('only', notes)],
    })
    const controller = new AbortController()
    const answer = errorOf(router.chat(question, { signal: controller.signal }))
    await clock.advance(10)
    controller.abort(new Error('left'))
    expect((await answer).message).toBe('left')
    expect(a.calls[0]?.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('of a stream ends it while a read waits, and closes what the middleware opened', async () => {
    const a = scripted('a', { text: ['one'], end: 'stall' })
    const notes: string[] = []
    const { open, clock, router } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      middleware: [noting('only', notes)],
    })
    const stream = open()
    expect(await clock.run(stream.next())).toMatchObject({ value: { text: 'one' } })
    const waiting = stream.next()
    await clock.advance(1)
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    await clock.advance(1)
    expect(a.calls[0]?.aborted).toBe(true)
    expect(notes).toEqual(['only in', 'only out'])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 0 })
    expect(clock.pending).toBe(0)
  })

  it('of a stream that was never read has begun nothing', async () => {
    const notes: string[] = []
    const { open } = createWorld({ providers, routes, middleware: [noting('only', notes)] })
    await open().return()
    expect(notes).toEqual([])
  })
})

describe('a router with middlewares that is disposed of', () => {
  it('ends what is under way behind them', async () => {
    const { router, clock, errorOf } = createWorld({
      providers: [scripted('a', { text: [], end: 'stall' })],
      routes: { chat: ['a/m'] },
      middleware: [noting('only', [])],
    })
    const answer = errorOf(router.chat(question))
    const read = errorOf(router.stream(question).next())
    await clock.advance(10)
    router.dispose()
    expect(await answer).toMatchObject({ code: 'disposed' })
    expect(await read).toMatchObject({ code: 'disposed' })
    expect(clock.pending).toBe(0)
  })

  it('takes no more requests, and asks no middleware', async () => {
    const notes: string[] = []
    const { router, ask, read, errorOf } = createWorld({ providers, routes, middleware: [noting('only', notes)] })
    router.dispose()
    expect(await errorOf(ask())).toMatchObject({ code: 'disposed' })
    expect(await errorOf(read())).toMatchObject({ code: 'disposed' })
    expect(notes).toEqual([])
  })
})

describe('requests under way while middlewares are reloaded', () => {
  it('keep those they began with', async () => {
    const slow = scripted('a', { delayMs: 100 })
    const shout = (text: string): Middleware => ({
      name: 'shout',
      chat: async (request: ChatRequest, next) => ({ ...(await next(request)), text }),
    })
    const options = { providers: [slow], routes: { chat: ['a/m'] } }
    const { router, clock, ask } = createWorld({ ...options, middleware: [shout('old')] })
    const answer = router.chat(question)
    await clock.advance(10)
    router.reload({ ...options, middleware: [shout('new')] })
    expect((await clock.run(answer)).text).toBe('old')
    expect((await ask()).text).toBe('new')
  })
})
