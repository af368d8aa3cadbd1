import { describe, expect, it } from 'vitest'
import type {
  RoutedFinishEvent,
  RoutedStreamEvent,
  RouteOptions,
  RouterOptions,
  StreamEvent,
  StreamInterruptedError,
} from '../src/index.ts'
import { collectStream } from '../src/index.ts'
import type { Reply, ScriptedProvider } from '../src/testing/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

interface ContinuedWorld extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
  readonly c: ScriptedProvider
}

/** A route over `a`, `b` and `c` where another target goes on with a stream that broke. */
function continued(
  replies: readonly [Replies, Replies?, Replies?],
  route: Partial<RouteOptions> = {},
  options: Partial<RouterOptions> = {},
): ContinuedWorld {
  const [a, b, c] = [scripted('a', replies[0]), scripted('b', replies[1]), scripted('c', replies[2])]
  const routes = { chat: { stages: [{ targets: ['a/m', 'b/m', 'c/m'] }], afterCommit: 'continue' as const, ...route } }
  return { ...createWorld({ providers: [a, b, c], routes, ...options }), a, b, c }
}

/** A stream that breaks off after these pieces. */
const cut = (...text: string[]): Reply => ({ text, end: 'cut' })

function textOf(events: readonly RoutedStreamEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
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

const usage = (output: number, costUsd?: number) => ({
  uncachedInputTokens: 10,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: output,
  reasoningTokens: 0,
  ...(costUsd === undefined ? {} : { costUsd }),
})

describe('a stream that another target goes on with', () => {
  it('reads as one: the reader sees no seam, and the other is sent what was delivered as its own beginning', async () => {
    const world = continued([cut('The sky', ' is '), { text: [' blue', '.'] }])
    const events = await world.read()
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
      'The sky',
      ' is ',
      'blue',
      '.',
      'finish',
    ])
    expect(finishOf(events)).toMatchObject({ provider: 'b', warnings: [], exclusions: [] })
    expect(lines(finishOf(events))).toEqual(['1 a/m first failure truncated', '2 b/m continue success'])
    expect(world.b.calls.map(({ request }) => request)).toEqual([
      { model: 'm', messages: [...question.messages, { role: 'assistant', content: 'The sky is' }] },
    ])
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })

  it.each([
    [['is '], ['blue'], 'is blue'],
    [['is '], [' blue'], 'is blue'],
    [['is'], [' blue'], 'is blue'],
    [['is'], ['blue'], 'isblue'],
    [['is \n'], [' ', '\n', 'blue'], 'is \nblue'],
    [['is \n'], ['\nblue'], 'is \n\nblue'],
    [['is', ' '], ['', ' ', ' blue'], 'is  blue'],
    [['is   '], [' '], 'is   '],
  ])('is joined at its white space: %j and %j', async (before, after, whole) => {
    const { read } = continued([cut(...before), { text: after }])
    const events = await read()
    expect(textOf(events)).toBe(whole)
    expect(events.filter((event) => event.type === 'text-delta' && event.text === '')).toEqual([])
  })

  it('counts its break against the one that broke, and the rest for the one that went on', async () => {
    const { read, router, events } = continued([cut('half'), {}])
    await read()
    expect(router.status().map(({ failures, successes }) => [failures, successes])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ])
    expect(events.map(({ type }) => type)).toEqual([
      'request-started',
      'attempt-started',
      'stream-committed',
      'attempt-failed',
      'attempt-started',
      'stream-committed',
      'attempt-succeeded',
      'request-succeeded',
    ])
  })

  it('may break again and again; each that goes on is sent all that was delivered', async () => {
    const { read, c } = continued([cut('one '), cut('two '), { text: ['three'] }])
    const events = await read()
    expect(textOf(events)).toBe('one two three')
    expect(c.calls[0]?.request.messages.at(-1)).toEqual({ role: 'assistant', content: 'one two' })
    expect(lines(finishOf(events))).toEqual([
      '1 a/m first failure truncated',
      '2 b/m continue failure truncated',
      '3 c/m continue success',
    ])
  })

  it('may break without another word than its seam', async () => {
    const { read, c } = continued([cut('one '), cut(' '), { text: [' two'] }])
    expect(textOf(await read())).toBe('one two')
    expect(c.calls[0]?.request.messages.at(-1)).toEqual({ role: 'assistant', content: 'one' })
  })

  it('passes over calls that fail before they go on, and tells of them', async () => {
    const world = continued([cut('one '), fails('server'), { text: ['two'] }])
    const events = await world.read()
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'attempt-failed', 'text-delta', 'finish'])
    expect(events[1]).toMatchObject({ attempt: { target: 'b/m', reason: 'continue', kind: 'server' } })
    expectNothingLeft(world)
  })

  it('was whole already, where the other has nothing to add', async () => {
    const { read } = continued([cut('All.'), { text: [] }])
    const events = await read()
    expect(textOf(events)).toBe('All.')
    expect(lines(finishOf(events)).at(-1)).toBe('2 b/m continue success')
  })

  it('goes on where it broke when nobody else is there, after a backoff', async () => {
    const world = continued([[{ text: ['one '], ...fails('network') }, { text: ['two'] }]], {
      stages: [{ targets: ['a/m'] }],
    })
    const events = await world.read()
    expect(textOf(events)).toBe('one two')
    expect(finishOf(events).attempts[1]).toMatchObject({ target: 'a/m', reason: 'continue', waitedMs: 125 })
    expectNothingLeft(world)
  })

  it('goes on in the next stage', async () => {
    const { read } = continued([cut('one '), { text: ['two'] }], {
      stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }],
      retry: { attempts: 0 },
    })
    expect(textOf(await read())).toBe('one two')
  })

  it('goes on with the beginning that the caller gave', async () => {
    const { read, b } = continued([cut(' sky'), { text: [' is'] }])
    const messages = [...question.messages, { role: 'assistant' as const, content: 'The' }]
    expect(textOf(await read({ messages }))).toBe(' sky is')
    expect(b.calls[0]?.request.messages).toEqual([...question.messages, { role: 'assistant', content: 'The sky' }])
  })

  it('leaves the rest of its tokens for the answer', async () => {
    const { read, b } = continued([cut('one two three four five '), { text: ['six'] }])
    await read({ maxTokens: 100 })
    const { maxTokens = 0 } = b.calls[0]?.request ?? {}
    expect(maxTokens).toBeGreaterThan(85)
    expect(maxTokens).toBeLessThan(98)
  })

  it('is gone on with after reasoning that nobody signed, which is not asked for again: with a warning', async () => {
    const events: StreamEvent[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'one ' },
    ]
    const { read, b } = continued([{ events, end: 'cut' }, { text: ['two'] }])
    const all = await read({ reasoning: { effort: 'high' } })
    expect(textOf(all)).toBe('one two')
    expect(b.calls[0]?.request).not.toHaveProperty('reasoning')
    expect(b.calls[0]?.request.messages.at(-1)).toEqual({ role: 'assistant', content: 'one' })
    expect(finishOf(all).warnings).toMatchObject([{ type: 'changed', parameter: 'reasoning' }])
  })

  it('goes on over the same stream: it ends once, and reads after its end find nothing', async () => {
    const { open, clock } = continued([cut('one '), { text: ['two'], delayMs: 100 }])
    const stream = open()
    const reads = [stream.next(), stream.next(), stream.next(), stream.next()]
    const results = await clock.run(Promise.all(reads))
    expect(results.map(({ value }) => value?.type)).toEqual(['text-delta', 'text-delta', 'finish', undefined])
    expect(results[3]?.done).toBe(true)
  })

  it('is collected as a whole answer', async () => {
    const { router, clock } = continued([cut('one '), { text: [' two'] }])
    const answer = await clock.run(collectStream(router.stream(question)))
    expect(answer).toMatchObject({ text: 'one two', content: [{ type: 'text', text: 'one two' }], provider: 'b' })
  })
})

describe('what a stream that was gone on with has used', () => {
  it('is what all used together whose content was handed on', async () => {
    const a: Reply = {
      events: [
        { type: 'text-delta', text: 'one ' },
        { type: 'usage', usage: usage(2) },
      ],
      end: 'cut',
    }
    const prices = { priceOf: () => ({ inputPerMillion: 1_000_000, outputPerMillion: 1_000_000 }) }
    const { read } = continued([a, fails('server'), { text: ['two'], usage: usage(3) }], {}, { prices })
    const finish = finishOf(await read())
    expect(finish.usage).toEqual({ ...usage(5), uncachedInputTokens: 20 })
    expect(finish.attempts.map(({ usage: own, costUsd }) => [own?.outputTextTokens, costUsd])).toEqual([
      [2, 12],
      [undefined, undefined],
      [3, 13],
    ])
    expect(finish.costUsd).toBe(25)
  })

  it('is what the last used, where the one that broke did not tell', async () => {
    const { read } = continued([cut('one '), { text: ['two'], usage: usage(3) }])
    expect(finishOf(await read()).usage).toEqual(usage(3))
  })

  it('survives a service that tells nothing in so many words', async () => {
    const nothing = { type: 'usage', usage: null } as unknown as StreamEvent
    const world = continued([
      { events: [nothing, { type: 'text-delta', text: 'one ' }, nothing], end: 'cut' },
      { text: ['two'], usage: usage(3) },
    ])
    expect(finishOf(await world.read()).usage).toEqual(usage(3))
    expectNothingLeft(world)
  })
})

describe('a stream that nobody can go on with', () => {
  const opaque = { issuer: 'a', data: 'signed' }
  const refused: readonly (readonly [string, StreamEvent[]])[] = [
    ['a tool call', [{ type: 'tool-call', index: 0, id: '1', name: 'f', arguments: '{}' }]],
    ['half a tool call', [{ type: 'tool-call-delta', index: 0, id: '1', name: 'f', arguments: '{"x' }]],
    ['a file', [{ type: 'file', file: { url: 'https://x/y.png' } }]],
    ['signed reasoning', [{ type: 'reasoning-delta', text: 'hm', opaque }]],
    ['signed text', [{ type: 'text-delta', text: 'and so', opaque }]],
  ]

  it.each(refused)('ends with what was delivered: after %s', async (_, events) => {
    const world = continued([{ events: [...events, { type: 'text-delta', text: 'so' }], end: 'cut' }])
    const error = await world.errorOf<StreamInterruptedError>(world.read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'truncated' })
    expect(error.delivered.text).toContain('so')
    expect(lines(error)).toEqual(['1 a/m first failure truncated'])
    expect([world.b.calls.length, world.c.calls.length]).toEqual([0, 0])
    expectNothingLeft(world)
  })

  it.each(refused)('ends with all that was delivered: where one that went on gave %s', async (_, events) => {
    const world = continued([cut('one '), { events, end: 'cut' }])
    const error = await world.errorOf<StreamInterruptedError>(world.read())
    expect(lines(error)).toEqual(['1 a/m first failure truncated', '2 b/m continue failure truncated'])
    expect(error.delivered.text.startsWith('one ')).toBe(true)
    expect(world.c.calls).toEqual([])
    expectNothingLeft(world)
  })

  it.each([{ type: 'json' as const }, { type: 'json-schema' as const, schema: { type: 'object' } }])(
    'ends with what was delivered: of $type',
    async (responseFormat) => {
      const { read, errorOf, b } = continued([cut('{"answer":')])
      expect(await errorOf(read({ responseFormat }))).toMatchObject({ delivered: { text: '{"answer":' } })
      expect(b.calls).toEqual([])
    },
  )

  it.each([
    ['nothing but reasoning', [{ type: 'reasoning-delta', text: 'hm' }]],
    ['nothing but white space', [{ type: 'text-delta', text: '\n ' }]],
  ] as const)('ends with what was delivered: after %s', async (_, events) => {
    const { read, errorOf, b } = continued([{ events, end: 'cut' }])
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted' })
    expect(b.calls).toEqual([])
  })

  it('passes over those that would answer a beginning rather than go on with it', async () => {
    const b = createScriptedProvider({ id: 'b', capabilities: { assistantPrefill: false } })
    const providers = [scripted('a', cut('one ')), b, scripted('c', { text: ['two'] })]
    const { read } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m', 'c/m'] }], afterCommit: 'continue' } },
    })
    const events = await read()
    expect(textOf(events)).toBe('one two')
    expect(passedOver(finishOf(events))).toEqual(['b/m not-capable after 1'])
    expect(b.calls).toEqual([])
  })

  it('ends with what was delivered where none of them goes on with a beginning', async () => {
    const [a, b] = ['a', 'b'].map((id) =>
      createScriptedProvider({ id, capabilities: { assistantPrefill: false }, replies: cut('one ') }),
    ) as [ScriptedProvider, ScriptedProvider]
    const world = createWorld({
      providers: [a, b],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], afterCommit: 'continue' } },
    })
    const error = await world.errorOf<StreamInterruptedError>(world.read())
    expect(error).toMatchObject({ kind: 'truncated', delivered: { text: 'one ' } })
    expect(passedOver(error)).toEqual(['b/m not-capable after 1'])
    expect([a.calls.length, b.calls.length]).toEqual([1, 0])
    expect(world.events.filter(({ type }) => type === 'request-failed')).toHaveLength(1)
    expectNothingLeft(world)
  })

  it('ends with all that was delivered and tried, and what broke it last, when all others fail', async () => {
    const world = continued([cut('one '), { text: ['two '], ...fails('network') }, fails('quota')])
    const error = await world.errorOf<StreamInterruptedError>(world.read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'network', delivered: { text: 'one two ' } })
    expect(lines(error).slice(0, 3)).toEqual([
      '1 a/m first failure truncated',
      '2 b/m continue failure network',
      '3 c/m continue failure quota',
    ])
    expect(world.events.filter(({ type }) => type === 'request-failed')).toHaveLength(1)
    expectNothingLeft(world)
  })

  it.each([
    ['content-filter', {}],
    ['server', { failures: { server: { nextTarget: 'no' as const } } }],
  ] as const)('ends at once where no other target would mend it: %s', async (kind, route) => {
    const { read, errorOf, b } = continued([{ text: ['one '], ...fails(kind, { status: 500 }) }], route)
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind, delivered: { text: 'one ' } })
    expect(b.calls).toEqual([])
  })

  it('ends when the attempts of the request are used up', async () => {
    const { read, errorOf, c } = continued([cut('one '), cut('two ')], { maxAttempts: 2 })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', delivered: { text: 'one two ' } })
    expect(c.calls).toEqual([])
  })

  it('ends when the request is over its deadline, broken or silent', async () => {
    const silent = continued([{ text: ['one '], end: 'stall' }], { deadlineMs: 5000 })
    expect(await silent.errorOf(silent.read())).toMatchObject({ kind: 'timeout', delivered: { text: 'one ' } })
    expect([silent.clock.now(), silent.b.calls.length]).toEqual([5000, 0])
    expectNothingLeft(silent)
    const slow = continued([cut('one '), { text: [], end: 'stall' }], { deadlineMs: 5000 })
    const error = await slow.errorOf<StreamInterruptedError>(slow.read())
    expect(error).toMatchObject({ kind: 'truncated', delivered: { text: 'one ' } })
    expect(lines(error)).toEqual(['1 a/m first failure truncated', '2 b/m continue failure timeout'])
    expect(slow.clock.now()).toBe(5000)
    expectNothingLeft(slow)
  })
})

describe('the clocks of a stream that is gone on with', () => {
  it('end a silence in its midst, and another goes on', async () => {
    const world = continued([{ text: ['one '], end: 'stall' }, { text: ['two'] }], { idleMs: 2000 })
    const events = await world.read()
    expect(textOf(events)).toBe('one two')
    expect(lines(finishOf(events))).toEqual(['1 a/m first failure timeout', '2 b/m continue success'])
    expect(world.clock.now()).toBe(2000)
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })

  it('give the one that goes on its own time to the first content', async () => {
    const world = continued([cut('one '), { text: [], end: 'stall' }, { text: ['two'] }], { firstContentMs: 3000 })
    expect(textOf(await world.read())).toBe('one two')
    expect(world.clock.now()).toBe(3000)
    expectNothingLeft(world)
  })

  it('do not run while nobody reads, also after it was gone on with', async () => {
    const world = continued([cut('one '), { text: ['two ', 'three'] }], { idleMs: 1000 })
    const stream = world.open()
    await world.clock.run(stream.next())
    await world.clock.advance(10_000)
    await world.clock.run(stream.next())
    await world.clock.advance(10_000)
    expect((await world.clock.run(stream.next())).value).toMatchObject({ text: 'three' })
    expect((await world.clock.run(stream.next())).value).toMatchObject({ type: 'finish' })
    expectNothingLeft(world)
  })
})

describe('whoever leaves while a stream is being gone on with', () => {
  const second: readonly (readonly [string, readonly [Replies, Replies?], Partial<RouteOptions>])[] = [
    ['while the next call is under way', [cut('one '), { text: [], end: 'stall' }], {}],
    ['during the backoff before it', [{ text: ['one '], ...fails('network') }], { stages: [{ targets: ['a/m'] }] }],
    ['during the rest of it', [cut('one '), { text: ['two'], end: 'stall' }], {}],
  ]

  it.each(second)('ends it: the caller, %s', async (_, replies, route) => {
    const world = continued(replies, route)
    const leaving = new AbortController()
    world.clock.schedule(100, () => leaving.abort('bye'))
    expect(await world.errorOf(world.read({}, { signal: leaving.signal }))).toBe('bye')
    expect(world.events.filter(({ type }) => type.startsWith('request-')).map(({ type }) => type)).toEqual([
      'request-started',
      'request-aborted',
    ])
    expect([...world.a.calls, ...world.b.calls].every(({ aborted }) => aborted)).toBe(true)
    expectNothingLeft(world)
  })

  it.each(second)('ends it: the reader, %s', async (_, replies, route) => {
    const world = continued(replies, route)
    const stream = world.open()
    await world.clock.run(stream.next())
    const read = stream.next().then((result) => (result.done ? result : stream.next()))
    await world.clock.advance(100)
    await stream.return()
    expect((await read).done).toBe(true)
    expect(world.events.filter(({ type }) => type === 'request-aborted')).toHaveLength(1)
    expect([...world.a.calls, ...world.b.calls].every(({ aborted }) => aborted)).toBe(true)
    expectNothingLeft(world)
  })

  it.each(second)('ends it: the router that is disposed of, %s', async (_, replies, route) => {
    const world = continued(replies, route)
    world.clock.schedule(100, () => world.router.dispose())
    expect(await world.errorOf(world.read())).toMatchObject({ code: 'disposed' })
    expect([...world.a.calls, ...world.b.calls].every(({ aborted }) => aborted)).toBe(true)
    expectNothingLeft(world)
  })
})

describe('a stream over a route within a route', () => {
  it('is gone on with by the outer one, where the inner one does not', async () => {
    const world = createWorld({
      providers: [scripted('a', cut('one ')), scripted('b', { text: ['two'] })],
      routes: { inner: ['a/m'], chat: { stages: [{ targets: ['inner', 'b/m'] }], afterCommit: 'continue' } },
    })
    const events = await world.read()
    expect(textOf(events)).toBe('one two')
    expect(lines(finishOf(events))).toEqual(['1 router/inner first failure router', '2 b/m continue success'])
    expectNothingLeft(world)
  })

  it('is gone on with by the inner one, unseen by the outer', async () => {
    const world = createWorld({
      providers: [scripted('a', cut('one ')), scripted('b', { text: ['two'] })],
      routes: { inner: { stages: [{ targets: ['a/m', 'b/m'] }], afterCommit: 'continue' }, chat: ['inner'] },
    })
    const events = await world.read()
    expect(textOf(events)).toBe('one two')
    expect(lines(finishOf(events))).toEqual(['1 router/inner first success'])
    expect(finishOf(events).attempts[0]?.attempts).toHaveLength(2)
    expectNothingLeft(world)
  })

  it('tells the usage of all calls, where both go on', async () => {
    const used = (tokens: number): StreamEvent => ({
      type: 'usage',
      usage: {
        uncachedInputTokens: tokens,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTextTokens: 0,
        reasoningTokens: 0,
      },
    })
    const breaks = (text: string, tokens: number): Reply => ({
      events: [{ type: 'text-delta', text }, used(tokens)],
      ...fails('server'),
    })
    const usage = { ...(used(7) as Extract<StreamEvent, { type: 'usage' }>).usage }
    const world = createWorld({
      providers: [
        scripted('a', breaks('one ', 100)),
        scripted('b', breaks('two ', 20)),
        scripted('c', { text: ['three'], usage }),
      ],
      routes: {
        inner: { stages: [{ targets: ['a/m', 'b/m'] }], afterCommit: 'continue', retry: { attempts: 0 } },
        chat: { stages: [{ targets: ['inner', 'c/m'] }], afterCommit: 'continue', retry: { attempts: 0 } },
      },
    })
    const events = await world.read()
    expect(textOf(events)).toBe('one two three')
    // What is said on the way counts what was used before it.
    const told = events.map((event) => (event.type === 'usage' ? event.usage.uncachedInputTokens : 0))
    expect(told.filter((tokens) => tokens > 0)).toEqual([100, 120])
    expect(finishOf(events).usage?.uncachedInputTokens).toBe(127)
    expect(finishOf(events).attempts[0]?.usage?.uncachedInputTokens).toBe(120)
  })
})
