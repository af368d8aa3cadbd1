import { describe, expect, it } from 'vitest'
import type { ChatResponse, Provider, StreamEvent } from '../src/index.ts'
import { createWorld, fails, scripted } from './world.ts'
import { createListenedSignal } from './listened-signal.ts'

const stalled = { text: ['a'], end: 'stall' } as const

/** A world with one target, and what must hold whenever its stream is over, in whatever way. */
function withStream(reply: Parameters<typeof scripted>[1]) {
  const a = scripted('a', reply)
  const world = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
  const expectNothingLeft = (): void => {
    expect(world.clock.pending).toBe(0)
    expect(world.router.status()[0]).toMatchObject({ inFlight: 0 })
    expect(a.calls.map(({ aborted }) => aborted)).toEqual(a.calls.map(() => true))
  }
  return { ...world, a, expectNothingLeft }
}

describe('a reader that breaks off', () => {
  it('ends the call down to the provider, which is held to no fault', async () => {
    const { open, events, router, expectNothingLeft } = withStream({ text: ['a', 'b', 'c'] })
    const seen: StreamEvent['type'][] = []
    for await (const event of open()) {
      seen.push(event.type)
      if (seen.length === 2) break
    }
    expect(seen).toEqual(['text-delta', 'text-delta'])
    expect(events.slice(-2)).toMatchObject([
      { type: 'attempt-aborted', attempt: { outcome: 'aborted' } },
      { type: 'request-aborted' },
    ])
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 0, circuit: 'closed' })
    expectNothingLeft()
  })

  it('while a read waits is not kept waiting, and neither is the read', async () => {
    const { open, expectNothingLeft } = withStream(stalled)
    const stream = open()
    await stream.next()
    const waiting = stream.next()
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expectNothingLeft()
  })

  it('before the first content ends the call as well', async () => {
    const { open, expectNothingLeft, events } = withStream({ events: [], end: 'stall' })
    const stream = open()
    const first = stream.next()
    await Promise.resolve()
    await stream.return()
    expect(await first).toEqual({ done: true, value: undefined })
    expect(events.at(-1)?.type).toBe('request-aborted')
    expectNothingLeft()
  })

  it('before it read anything starts nothing', async () => {
    const { open, a, events } = withStream({})
    const stream = open()
    await stream.return()
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect([a.calls, events]).toEqual([[], []])
  })

  it('during a backoff ends the wait', async () => {
    const { open, clock, expectNothingLeft } = withStream(fails('server'))
    const stream = open()
    const first = stream.next()
    await clock.advance(10)
    await stream.return()
    expect(await first).toEqual({ done: true, value: undefined })
    expectNothingLeft()
  })

  it('at any moment leaves nothing behind', async () => {
    for (let turns = 0; turns <= 40; turns++) {
      const { open, clock, router, events } = withStream({ text: ['a', 'b', 'c'] })
      const stream = open()
      const reads = [stream.next(), stream.next()]
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      await stream.return()
      await Promise.all(reads)
      await clock.advance(0)
      expect([turns, router.status()[0]?.inFlight, clock.pending]).toEqual([turns, 0, 0])
      expect(events.filter(({ type }) => type === 'request-aborted')).toHaveLength(1)
    }
  })

  it('by an error of its own gets that error back', async () => {
    const { open, expectNothingLeft, errorOf } = withStream(stalled)
    const stream = open()
    await stream.next()
    const mine = new Error('mine')
    expect(await errorOf(stream.throw(mine))).toBe(mine)
    expectNothingLeft()
  })

  it('after the end changes nothing', async () => {
    const { read, open, events, clock } = withStream({})
    await read()
    const stream = open()
    while (!(await clock.run(stream.next())).done);
    const before = events.length
    await stream.return()
    expect(events.length).toBe(before)
    expect(events.at(-1)?.type).toBe('request-succeeded')
  })
})

describe('a reader that asks for several events at once', () => {
  it('gets them in order, and then the end', async () => {
    const { open, clock } = withStream({ text: ['a', 'b', 'c'], pieceDelayMs: 10 })
    const stream = open()
    const reads = Array.from({ length: 6 }, () => stream.next())
    const results = await clock.run(Promise.all(reads))
    expect(results.map(({ value }) => value && (value.type === 'text-delta' ? value.text : value.type))).toEqual([
      'a',
      'b',
      'c',
      'finish',
      undefined,
      undefined,
    ])
  })

  it('is told of a failure once, and of the end by the rest', async () => {
    const { open, clock, expectNothingLeft } = withStream({ text: ['a'], ...fails('network') })
    const stream = open()
    const reads = Array.from({ length: 4 }, () => stream.next())
    const results = await clock.run(Promise.allSettled(reads))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(results.slice(2)).toMatchObject([{ value: { done: true } }, { value: { done: true } }])
    expectNothingLeft()
  })

  it('and leaves has all of them settled', async () => {
    const { open, clock, expectNothingLeft } = withStream(stalled)
    const stream = open()
    const reads = Array.from({ length: 4 }, () => stream.next())
    await clock.advance(1)
    await stream.return()
    const results = await Promise.all(reads)
    expect(results.map(({ done }) => done)).toEqual([false, true, true, true])
    expectNothingLeft()
  })
})

describe('a reader that never reads on', () => {
  it('is settled by the deadline, and told so should it come back', async () => {
    const { open, clock, events, errorOf, expectNothingLeft } = withStream({ text: ['a', 'b'] })
    const stream = open()
    await stream.next()
    await clock.advance(59_999)
    expect(events.at(-1)).toMatchObject({ type: 'stream-committed' })
    await clock.advance(1)
    expect(events.at(-1)).toMatchObject({ type: 'request-failed', kind: 'timeout' })
    expectNothingLeft()
    expect(await errorOf(stream.next())).toMatchObject({ code: 'stream-interrupted', delivered: { text: 'a' } })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('is settled by its own abort signal', async () => {
    const { open, clock, errorOf, expectNothingLeft } = withStream({ text: ['a', 'b'] })
    const { signal, abort, listeners } = createListenedSignal()
    const stream = open({}, { signal })
    await stream.next()
    abort('gone')
    await clock.advance(0)
    expectNothingLeft()
    expect(listeners()).toBe(0)
    expect(await errorOf(stream.next())).toBe('gone')
  })

  it('is no fault of the target, however often', async () => {
    const { open, clock, router } = withStream({ text: ['a', 'b'] })
    for (let request = 1; request <= 10; request++) {
      await open().next()
      await clock.advance(60_000)
    }
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', status: 'healthy', inFlight: 0, failures: 0 })
  })
})

describe('a reader that takes its time', () => {
  it('may take longer than the idle clock between two reads', async () => {
    const { open, clock } = withStream({ text: ['a', 'b', 'c'] })
    const seen: string[] = []
    for await (const event of open()) {
      seen.push(event.type)
      await clock.advance(19_000)
      if (seen.length === 2) await clock.advance(2000)
    }
    expect(seen).toEqual(['text-delta', 'text-delta', 'text-delta', 'finish'])
  })
})

describe('a provider whose iterator is its own', () => {
  const capabilities = (model: string) => scripted('a').capabilities(model)
  const finish: StreamEvent = {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    warnings: [],
    model: 'm',
    provider: 'a',
  }
  const withIterator = (iterator: unknown): Provider => ({
    specificationVersion: 1,
    id: 'a',
    capabilities,
    chat: () => new Promise<ChatResponse>(() => undefined),
    stream: () => ({ [Symbol.asyncIterator]: () => iterator as AsyncIterator<StreamEvent> }),
  })
  const give = (...events: unknown[]) => ({
    next: () => Promise.resolve(events.length === 0 ? { done: true } : { done: false, value: events.shift() }),
  })

  it.each([
    ['has no return', {}],
    ['returns no promise', { return: () => ({ done: true }) }],
    ['rejects its return', { return: () => Promise.reject(new Error('no')) }],
    [
      'throws from its return',
      {
        return: () => {
          throw new Error('no')
        },
      },
    ],
  ])('serves also where it %s', async (_, more) => {
    const { read, router } = createWorld({
      providers: [withIterator({ ...give({ type: 'text-delta', text: 'x' }, finish), ...more })],
      routes: { chat: ['a/m'] },
    })
    expect((await read()).map(({ type }) => type)).toEqual(['text-delta', 'finish'])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, successes: 1, failures: 0 })
  })

  it.each([
    ['nothing', undefined],
    ['a null', null],
    ['a text', 'data: hello'],
    ['an event of no known type', { type: 'ping' }],
  ])('moves on, or is skipped, when it yields %s before content', async (_, junk) => {
    const { read, router } = createWorld({
      providers: [withIterator(give(junk)), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
  })

  it.each([
    ['nothing', undefined],
    ['a null', null],
    ['a finish event without a reason', { type: 'finish' }],
  ])('breaks the stream when it yields %s after content', async (_, junk) => {
    const { read, router, errorOf, clock } = createWorld({
      providers: [withIterator(give({ type: 'text-delta', text: 'x' }, junk))],
      routes: { chat: ['a/m'] },
    })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', delivered: { text: 'x' } })
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
    expect(clock.pending).toBe(0)
  })
})
