import { describe, expect, it } from 'vitest'
import type {
  Provider,
  RoutedFinishEvent,
  RoutedStreamEvent,
  RouteOptions,
  StreamEvent,
  StreamInterruptedError,
} from '../src/index.ts'
import { collectStream } from '../src/index.ts'
import type { Reply, ScriptedProvider } from '../src/testing/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, question, scripted } from './world.ts'

interface RestartedWorld extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
  readonly c: ScriptedProvider
}

/** A route over `a`, `b` and `c` where a stream that broke begins anew with another target. */
function restarted(replies: readonly [Replies, Replies?, Replies?], route: Partial<RouteOptions> = {}): RestartedWorld {
  const [a, b, c] = [scripted('a', replies[0]), scripted('b', replies[1]), scripted('c', replies[2])]
  const routes = { chat: { stages: [{ targets: ['a/m', 'b/m', 'c/m'] }], afterCommit: 'restart' as const, ...route } }
  return { ...createWorld({ providers: [a, b, c], routes }), a, b, c }
}

/** A stream that breaks off after these pieces. */
const cut = (...text: string[]): Reply => ({ text, end: 'cut' })

/** Events in short: the text of a delta, the type of others. */
function brief(events: readonly RoutedStreamEvent[]): readonly string[] {
  return events.map((event) => (event.type === 'text-delta' ? event.text : event.type))
}

function finishOf(events: readonly RoutedStreamEvent[]): RoutedFinishEvent {
  const last = events.at(-1)
  if (last?.type !== 'finish') throw new Error(`It ended with ${last?.type}.`)
  return last
}

/** That nothing is left of calls and waits. */
function expectNothingLeft({ clock, router }: World): void {
  expect(clock.pending).toBe(0)
  expect(router.status().map(({ inFlight }) => inFlight)).not.toContain(1)
}

const toolCall: StreamEvent = { type: 'tool-call', index: 0, id: '1', name: 'f', arguments: '{}' }
const signed: StreamEvent = { type: 'reasoning-delta', text: 'hm', opaque: { issuer: 'a', data: 'signed' } }

describe('a stream that begins anew with another target', () => {
  it('says that all before is void, and is asked for again as it was', async () => {
    const world = restarted([cut('one ', 'and'), { text: ['whole'] }])
    const events = await world.read()
    expect(brief(events)).toEqual(['one ', 'and', 'reset', 'whole', 'finish'])
    expect(events[2]).toEqual({ type: 'reset', attempt: finishOf(events).attempts[0] })
    expect(events[2]).toMatchObject({ attempt: { number: 1, target: 'a/m', kind: 'truncated' } })
    expect(lines(finishOf(events))).toEqual(['1 a/m first failure truncated', '2 b/m restart success'])
    expect(world.b.calls.map(({ request }) => request)).toEqual([{ ...question, model: 'm' }])
    expect(finishOf(events)).toMatchObject({ provider: 'b', warnings: [] })
    expectNothingLeft(world)
  })

  it.each([
    ['a tool call', [toolCall]],
    ['signed reasoning', [signed]],
    ['white space', [{ type: 'text-delta', text: ' ' } satisfies StreamEvent]],
  ] as const)('can do so after whatever was delivered: %s', async (_, events) => {
    const { read } = restarted([{ events, end: 'cut' }, { text: ['whole'] }])
    expect(brief(await read()).slice(-3)).toEqual(['reset', 'whole', 'finish'])
  })

  it('can do so of JSON, and with targets that answer a beginning rather than go on with it', async () => {
    const b = createScriptedProvider({ id: 'b', capabilities: { assistantPrefill: false }, replies: { text: ['{}'] } })
    const { read } = createWorld({
      providers: [scripted('a', cut('{"x')), b],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], afterCommit: 'restart' } },
    })
    expect(brief(await read({ responseFormat: { type: 'json' } }))).toEqual(['{"x', 'reset', '{}', 'finish'])
  })

  it('tells of calls that failed between, before the reset', async () => {
    const { read } = restarted([cut('one'), fails('server'), { text: ['whole'] }])
    expect(brief(await read())).toEqual(['one', 'attempt-failed', 'reset', 'whole', 'finish'])
  })

  it('says nothing of a reset before another call has content', async () => {
    const world = restarted([cut('one'), { text: ['whole'], delayMs: 500 }])
    const stream = world.open()
    await world.clock.run(stream.next())
    let isThere = false
    const next = stream.next().then((result) => {
      isThere = true
      return result
    })
    await world.clock.advance(499)
    expect(isThere).toBe(false)
    expect((await world.clock.run(next)).value).toMatchObject({ type: 'reset' })
    expect((await world.clock.run(stream.next())).value).toMatchObject({ text: 'whole' })
    expect((await world.clock.run(stream.next())).value).toMatchObject({ type: 'finish' })
    expectNothingLeft(world)
  })

  it('may break again and again, with a reset for each', async () => {
    const { read } = restarted([cut('one'), cut('two'), { text: ['whole'] }])
    const events = await read()
    expect(brief(events)).toEqual(['one', 'reset', 'two', 'reset', 'whole', 'finish'])
    expect(events.flatMap((event) => (event.type === 'reset' ? [event.attempt.target] : []))).toEqual(['a/m', 'b/m'])
    expect(finishOf(events).attempts.map(({ reason }) => reason)).toEqual(['first', 'restart', 'restart'])
  })

  it('keeps its whole white space', async () => {
    const { read } = restarted([cut('one '), { text: [' whole'] }])
    expect(brief(await read())).toEqual(['one ', 'reset', ' whole', 'finish'])
  })

  it('begins anew where it broke when nobody else is there, after a backoff', async () => {
    const world = restarted([[cut('one'), { text: ['whole'] }]], { stages: [{ targets: ['a/m'] }] })
    const events = await world.read()
    expect(brief(events)).toEqual(['one', 'reset', 'whole', 'finish'])
    expect(finishOf(events).attempts[1]).toMatchObject({ reason: 'restart', waitedMs: 125 })
  })

  it('begins anew after a silence', async () => {
    const world = restarted([{ text: ['one'], end: 'stall' }, { text: ['whole'] }], { idleMs: 2000 })
    expect(brief(await world.read())).toEqual(['one', 'reset', 'whole', 'finish'])
    expect(world.clock.now()).toBe(2000)
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })

  it.each([
    ['throws where it should give an event', 'throws'],
    ['gives something that is no event', 'malformed'],
  ] as const)('begins anew where the provider %s', async (_, how) => {
    const odd: Provider = {
      ...scripted('a'),
      stream: () => {
        let reads = 0
        const next = (): Promise<IteratorResult<StreamEvent>> => {
          if (reads++ === 0) return Promise.resolve({ done: false, value: { type: 'text-delta', text: 'one' } })
          if (how === 'throws') throw new Error('not today')
          return Promise.resolve({ done: false, value: null as unknown as StreamEvent })
        }
        return { [Symbol.asyncIterator]: () => ({ next }) }
      },
    }
    const world = createWorld({
      providers: [odd, scripted('b', { text: ['whole'] })],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], afterCommit: 'restart' } },
    })
    expect(brief(await world.read())).toEqual(['one', 'reset', 'whole', 'finish'])
    expectNothingLeft(world)
  })

  it('hears no more of a provider that is deaf to its signal and speaks on', async () => {
    const late: ((result: IteratorResult<StreamEvent>) => void)[] = []
    const deaf: Provider = {
      ...scripted('a'),
      stream: () => {
        let reads = 0
        const next = (): Promise<IteratorResult<StreamEvent>> =>
          reads++ === 0
            ? Promise.resolve({ done: false, value: { type: 'text-delta', text: 'one' } })
            : new Promise((resolve) => late.push(resolve))
        return { [Symbol.asyncIterator]: () => ({ next }) }
      },
    }
    const world = createWorld({
      providers: [deaf, scripted('b', { text: ['who', 'le'], pieceDelayMs: 1000 })],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], afterCommit: 'restart', idleMs: 2000 } },
    })
    world.clock.schedule(2500, () => late[0]?.({ done: false, value: { type: 'text-delta', text: 'LATE' } }))
    expect(brief(await world.read())).toEqual(['one', 'reset', 'who', 'le', 'finish'])
    expectNothingLeft(world)
  })
})

describe('what readers make of a stream that began anew', () => {
  const events: readonly StreamEvent[] = [
    signed,
    { type: 'text-delta', text: 'one' },
    { type: 'tool-call-delta', index: 0, id: '1', name: 'f', arguments: '{"x' },
  ]

  it('collectStream leaves out what is void', async () => {
    const { router, clock } = restarted([{ events, end: 'cut' }, { text: ['who', 'le'] }])
    const answer = await clock.run(collectStream(router.stream(question)))
    expect(answer).toMatchObject({ text: 'whole', provider: 'b', content: [{ type: 'text', text: 'whole' }] })
    expect(answer.content).toHaveLength(1)
  })

  it('a reader who stops at the reset ends it all', async () => {
    const world = restarted([cut('one'), { text: ['who', 'le'], pieceDelayMs: 1000 }])
    const read: string[] = []
    await world.clock.run(
      (async () => {
        for await (const event of world.open()) {
          read.push(event.type)
          if (event.type === 'reset') break
        }
      })(),
    )
    expect(read).toEqual(['text-delta', 'reset'])
    expect(world.b.calls.map(({ aborted }) => aborted)).toEqual([true])
    expect(world.events.at(-1)).toMatchObject({ type: 'request-aborted' })
    expectNothingLeft(world)
  })

  it('an error holds what was delivered since the last reset', async () => {
    const { read, errorOf } = restarted([cut('one'), cut('two'), cut('three')], { maxAttempts: 3 })
    const error = await errorOf<StreamInterruptedError>(read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'truncated', delivered: { text: 'three' } })
    expect(error.attempts).toHaveLength(3)
  })

  it('an error holds what was delivered last, where no other call has content', async () => {
    const world = restarted([cut('one'), fails('quota'), fails('quota')])
    const error = await world.errorOf<StreamInterruptedError>(world.read())
    expect(error).toMatchObject({ kind: 'truncated', delivered: { text: 'one' } })
    expect(lines(error).slice(0, 3)).toEqual([
      '1 a/m first failure truncated',
      '2 b/m restart failure quota',
      '3 c/m restart failure quota',
    ])
    expect(world.events.filter(({ type }) => type === 'request-failed')).toHaveLength(1)
    expectNothingLeft(world)
  })
})

describe('what a stream that began anew has used', () => {
  const usage = (outputTextTokens: number) => ({
    uncachedInputTokens: 10,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens,
    reasoningTokens: 0,
  })
  const spent = (output: number): Reply => ({
    events: [
      { type: 'usage', usage: usage(0) },
      { type: 'text-delta', text: 'one' },
      { type: 'usage', usage: usage(output) },
    ],
    end: 'cut',
  })

  it('is the sum of all, what is void included', async () => {
    const { read } = restarted([spent(2), spent(3), { text: ['whole'], usage: usage(4) }])
    const finish = finishOf(await read())
    expect(finish.usage).toEqual({ ...usage(9), uncachedInputTokens: 30 })
    expect(finish.attempts.map((attempt) => attempt.usage?.outputTextTokens)).toEqual([2, 3, 4])
  })

  it('is what the broken ones told, where the last tells nothing', async () => {
    const finish: StreamEvent = {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'stop' },
      warnings: [],
      model: 'm',
      provider: 'b',
    }
    const { read } = restarted([spent(2), { events: [{ type: 'text-delta', text: 'whole' }, finish] }])
    expect(finishOf(await read()).usage).toEqual(usage(2))
  })
})

describe('whoever leaves while a stream begins anew', () => {
  it.each([
    ['the caller', (_: World, leaving: AbortController) => leaving.abort('bye'), 'bye'],
    ['the router', ({ router }: World) => router.dispose(), expect.objectContaining({ code: 'disposed' })],
  ] as const)('ends it: %s', async (_, leave, reason) => {
    const world = restarted([cut('one'), { text: [], end: 'stall' }])
    const leaving = new AbortController()
    world.clock.schedule(100, () => leave(world, leaving))
    expect(await world.errorOf(world.read({}, { signal: leaving.signal }))).toEqual(reason)
    expect([...world.a.calls, ...world.b.calls].map(({ aborted }) => aborted)).toEqual([true, true])
    expect(world.events.filter(({ type }) => type === 'request-aborted')).toHaveLength(1)
    expectNothingLeft(world)
  })

  it('in the moment in which it breaks is told so, and nobody else is called', async () => {
    const leaving = new AbortController()
    const world = restarted([
      { events: [{ type: 'text-delta', text: 'one' }, toolCall], pieceDelayMs: 100, end: 'cut' },
      {},
    ])
    const stream = world.open({}, { signal: leaving.signal })
    await world.clock.run(stream.next())
    await world.clock.run(stream.next())
    const broken = stream.next()
    leaving.abort('bye')
    expect(await world.errorOf(broken)).toBe('bye')
    expect(world.b.calls).toEqual([])
    expect(world.events.filter(({ type }) => /^request-(?!started)/.test(type))).toHaveLength(1)
    expectNothingLeft(world)
  })
})
