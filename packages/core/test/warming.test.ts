import { describe, expect, it } from 'vitest'
import type { Provider, RouteFailedError, RouteOptions, StreamEvent } from '../src/index.ts'
import type { ScriptedProvider } from '../src/testing/index.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

/** A provider that loads a model for the first call that names it. */
function loading(id: string, replies: Replies): ScriptedProvider {
  return { ...scripted(id, replies), warmUp: { warmUp: () => Promise.resolve() } }
}

interface WarmingWorld extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
}

/** A route over `a`, which loads its model, and `b`; and a route over `a` alone, which has time. */
function warming(a: ScriptedProvider, route: Partial<RouteOptions> = {}, replies: Replies = {}): WarmingWorld {
  const b = scripted('b', replies)
  const routes = {
    chat: { stages: [{ targets: ['a/m', 'b/m'] }], ...route },
    alone: { stages: [{ targets: ['a/m'] }], deadlineMs: 600_000, ...route },
  }
  return { ...createWorld({ providers: [a, b], routes }), a, b }
}

const alone = { model: 'alone' }
const stall = { text: [], end: 'stall' } as const

/** That nothing is left of calls and waits. */
function expectNothingLeft({ clock, router }: World): void {
  expect(clock.pending).toBe(0)
  expect(router.status().map(({ inFlight }) => inFlight)).not.toContain(1)
}

describe('a target that says its model is being loaded', () => {
  it('is looked at again and again, which counts neither as an attempt nor as a retry', async () => {
    const a = scripted('a', ({ number }) => (number <= 30 ? fails('warming', { status: 503 }) : {}))
    const world = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], maxAttempts: 2, retry: { attempts: 0 } } },
      retryBudget: { ratio: 0, minimumPerSecond: 0 },
    })
    const answer = await world.ask()
    expect(lines(answer).slice(-2)).toEqual(['30 a/m waited failure warming', '31 a/m waited success'])
    expect(world.clock.now()).toBe(30 * 1125)
    expect(world.router.status()[0]).toMatchObject({ failures: 0, circuit: 'closed' })
    expectNothingLeft(world)
  })

  it('is looked at when it says', async () => {
    const world = warming(scripted('a', [fails('warming', { retryAfterMs: 7000 }), {}]))
    expect((await world.ask(alone)).attempts[1]).toMatchObject({ reason: 'waited', waitedMs: 7125 })
  })

  it('is looked at no longer than its allowance', async () => {
    const world = warming(scripted('a', fails('warming')), { warmingMs: 10_000 })
    const error = await world.errorOf<RouteFailedError>(world.ask(alone))
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'warming', retryAfterMs: 1000 })
    expect(world.clock.now()).toBe(9 * 1125)
    expectNothingLeft(world)
  })

  it('is looked at no longer than the deadline', async () => {
    const world = warming(scripted('a', fails('warming')), { deadlineMs: 5000 })
    expect(await world.errorOf(world.ask(alone))).toMatchObject({ kind: 'warming' })
    expect(world.clock.now()).toBeLessThanOrEqual(5000)
    expectNothingLeft(world)
  })

  it('is served for by others meanwhile', async () => {
    const world = warming(scripted('a', fails('warming')))
    expect(lines(await world.ask())).toEqual(['1 a/m first failure warming', '2 b/m next-target success'])
    expect(passedOver(await world.ask())).toEqual(['a/m paused after 0'])
    expect(world.clock.now()).toBe(0)
  })

  it('is waited for when the others fail', async () => {
    const world = warming(scripted('a', [fails('warming'), {}]), {}, fails('quota'))
    expect(lines(await world.ask())).toEqual([
      '1 a/m first failure warming',
      '2 b/m next-target failure quota',
      '3 a/m waited success',
    ])
  })

  it('is not waited for any more when the caller leaves', async () => {
    const world = warming(scripted('a', fails('warming')))
    const leaving = new AbortController()
    world.clock.schedule(500, () => leaving.abort('bye'))
    expect(await world.errorOf(world.ask(alone, { signal: leaving.signal }))).toBe('bye')
    expect(world.a.calls).toHaveLength(1)
    expectNothingLeft(world)
  })
})

describe('a model that is loaded for the first call', () => {
  it('goes on being loaded when the first content is late; others serve until it is there', async () => {
    const world = warming(loading('a', ({ number }) => (number === 1 ? { delayMs: 40_000 } : {})))
    const { read, clock, a, router } = world
    const first = (await read()).at(-1)
    expect(first?.type === 'finish' && lines(first)).toEqual([
      '1 a/m first failure warming',
      '2 b/m next-target success',
    ])
    expect(clock.now()).toBe(15_000)
    expect(a.calls.map(({ aborted }) => aborted)).toEqual([false])
    expect(router.status()[0]).toMatchObject({ pausedFor: 'warming', failures: 0, inFlight: 0 })

    await clock.advance(24_999)
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ target: 'a/m', reason: 'paused' }] })
    expect(a.calls).toHaveLength(1)

    await clock.advance(1001)
    expect((await read()).at(-1)).toMatchObject({ provider: 'a' })
    expectNothingLeft(world)
  })

  it('is waited for by who has nobody else, with one call when it is there and none before', async () => {
    const world = warming(loading('a', ({ number }) => (number === 1 ? { delayMs: 90_000 } : {})))
    const finish = (await world.read(alone)).at(-1)
    expect(finish?.type === 'finish' && lines(finish)).toEqual(['1 a/m first failure warming', '2 a/m waited success'])
    expect(world.clock.now()).toBeGreaterThanOrEqual(90_000)
    expect(world.clock.now()).toBeLessThan(92_500)
    expectNothingLeft(world)
  })

  it('goes on being loaded for a call that is not streamed', async () => {
    const world = warming(
      loading('a', ({ number }) => (number === 1 ? { delayMs: 40_000 } : {})),
      { attemptMs: 5000 },
    )
    expect(lines(await world.ask())).toEqual(['1 a/m first failure warming', '2 b/m next-target success'])
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([false])
    await world.clock.advance(36_001)
    expect((await world.ask()).provider).toBe('a')
    expectNothingLeft(world)
  })

  it('goes on being loaded when the deadline of the request passes', async () => {
    const world = warming(loading('a', { delayMs: 40_000 }), { deadlineMs: 10_000 })
    expect(await world.errorOf(world.read(alone))).toMatchObject({ reason: 'deadline', kind: 'warming' })
    expect([world.clock.now(), world.a.calls[0]?.aborted]).toEqual([10_000, false])
    await world.clock.advance(30_000)
    expectNothingLeft(world)
  })

  it('is given up when its allowance is over', async () => {
    const world = warming(loading('a', stall), { warmingMs: 20_000 })
    await world.read()
    await world.clock.advance(19_999)
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([false])
    await world.clock.advance(1)
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
    await world.clock.advance(1000)
    expect(world.router.status()[0]).toMatchObject({ failures: 0 })
    expect(world.router.status()[0]).not.toHaveProperty('pausedFor')
    await world.read()
    expect(world.a.calls).toHaveLength(2)
  })

  it('is given up when its allowance is over, though the provider is deaf and answers later', async () => {
    const late: ((result: IteratorResult<StreamEvent>) => void)[] = []
    const deaf: Provider = {
      ...loading('a', {}),
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise((resolve) => late.push(resolve)) }) }),
    }
    const world = createWorld({
      providers: [deaf, scripted('b')],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], warmingMs: 20_000 } },
    })
    await world.read()
    await world.clock.advance(30_000)
    expectNothingLeft(world)
    const before = world.events.length
    late[0]?.({ done: false, value: { type: 'text-delta', text: 'LATE' } })
    await world.clock.advance(1000)
    expect(world.events).toHaveLength(before)
    expectNothingLeft(world)
  })

  it('is not told of as served when it is there: the call had failed long before', async () => {
    const world = warming(loading('a', { delayMs: 40_000 }))
    await world.read()
    const before = world.events.length
    await world.clock.advance(60_000)
    expect(world.events.slice(before)).toEqual([])
    expect(world.router.status()[0]).toMatchObject({ successes: 0, inFlight: 0 })
    expectNothingLeft(world)
  })

  it('may fail to load: nothing is counted, and the target is called again', async () => {
    const world = warming(loading('a', [{ delayMs: 40_000, ...fails('server') }, {}]))
    await world.read()
    await world.clock.advance(26_001)
    expect(world.router.status()[0]).toMatchObject({ failures: 0, circuit: 'closed' })
    expect((await world.read()).at(-1)).toMatchObject({ provider: 'a' })
    expectNothingLeft(world)
  })

  it('is given up when the router is disposed of', async () => {
    const world = warming(loading('a', stall))
    await world.read()
    expect(world.clock.pending).toBe(1)
    world.router.dispose()
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })

  it('is given up when the caller leaves before the clock ran out, and when the reader does', async () => {
    const world = warming(loading('a', stall))
    const leaving = new AbortController()
    world.clock.schedule(14_999, () => leaving.abort('bye'))
    expect(await world.errorOf(world.read({}, { signal: leaving.signal }))).toBe('bye')
    const stream = world.open()
    const read = stream.next()
    await world.clock.advance(1000)
    await stream.return()
    await read
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true, true])
    expectNothingLeft(world)
  })

  it('goes on being loaded when the caller leaves after the clock ran out', async () => {
    const world = warming(loading('a', { delayMs: 40_000 }), {}, stall)
    const leaving = new AbortController()
    world.clock.schedule(20_000, () => leaving.abort('bye'))
    expect(await world.errorOf(world.read({}, { signal: leaving.signal }))).toBe('bye')
    expect([world.a.calls[0]?.aborted, world.b.calls[0]?.aborted]).toEqual([false, true])
    await world.clock.advance(20_000)
    expectNothingLeft(world)
  })

  it('in the moment when the clock runs out either serves or goes on being loaded', async () => {
    const world = warming(loading('a', { delayMs: 15_000 }))
    expect((await world.read()).at(-1)).toMatchObject({ type: 'finish' })
    await world.clock.advance(1)
    expectNothingLeft(world)
  })

  it('is loaded for many at once: they all go on until it is there', async () => {
    const world = warming(loading('a', ({ number }) => (number <= 3 ? { delayMs: 40_000 } : {})))
    const readAll = async (): Promise<unknown> => {
      let last: unknown
      for await (const event of world.router.stream(question)) last = event
      return last
    }
    const finishes = await world.clock.run(Promise.all([readAll(), readAll(), readAll()]))
    expect(finishes).toMatchObject([{ provider: 'b' }, { provider: 'b' }, { provider: 'b' }])
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([false, false, false])
    await world.clock.advance(26_001)
    expect((await world.read()).at(-1)).toMatchObject({ provider: 'a' })
    expectNothingLeft(world)
  })

  it('goes on being loaded when a hedge beside it is quicker', async () => {
    const hedge = { afterMs: 1000, maxShare: 1 }
    const world = warming(
      loading('a', ({ number }) => (number === 1 ? { delayMs: 40_000 } : {})),
      { hedge },
    )
    const finish = (await world.read()).at(-1)
    expect(finish?.type === 'finish' && lines(finish)).toEqual(['1 a/m first outraced', '2 b/m hedge success'])
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([false])
    expect(passedOver(await world.ask())).toEqual(['a/m paused after 0'])
    await world.clock.advance(40_001)
    expect((await world.read()).at(-1)).toMatchObject({ provider: 'a' })
    expectNothingLeft(world)
  })

  it('that a hedge was quicker than is given up when its allowance is over', async () => {
    const world = warming(loading('a', stall), { hedge: { afterMs: 1000, maxShare: 1 }, warmingMs: 20_000 })
    await world.read()
    await world.clock.advance(19_999)
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([false])
    await world.clock.advance(1)
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })

  it('takes no place among the calls at the same time that its target may have', async () => {
    const a = loading('a', ({ number }) => (number === 1 ? { delayMs: 40_000 } : {}))
    const world = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: [{ model: 'a/m', concurrency: 1 }, 'b/m'] },
    })
    await world.read()
    await world.clock.advance(40_000)
    expect((await world.read()).at(-1)).toMatchObject({ provider: 'a' })
    expectNothingLeft(world)
  })
})

describe('a call that is broken off as any other when its first content is late', () => {
  it('is one to a provider that loads nothing', async () => {
    const world = warming(scripted('a', stall))
    const finish = (await world.read()).at(-1)
    expect(finish).toMatchObject({ attempts: [{ kind: 'timeout' }, { outcome: 'success' }] })
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expect(world.router.status()[0]).toMatchObject({ failures: 1 })
    expectNothingLeft(world)
  })

  it('is one to a model that answered not long ago; after five minutes it is cold again', async () => {
    const world = warming(loading('a', ({ number }) => (number % 2 === 1 ? {} : { delayMs: 40_000 })))
    await world.read()
    await world.clock.advance(284_000)
    expect((await world.read()).at(-1)).toMatchObject({ attempts: [{ kind: 'timeout' }, {}] })
    expect(world.a.calls.at(-1)?.aborted).toBe(true)
    await world.read()
    await world.clock.advance(286_000)
    expect((await world.read()).at(-1)).toMatchObject({ attempts: [{ kind: 'warming' }, {}] })
    expect(world.a.calls.at(-1)?.aborted).toBe(false)
    await world.clock.advance(40_000)
    expectNothingLeft(world)
  })

  it('is one whose stream falls silent after content', async () => {
    const world = warming(loading('a', { text: ['x'], end: 'stall' }))
    expect(await world.errorOf(world.read())).toMatchObject({ code: 'stream-interrupted', kind: 'timeout' })
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })
})
