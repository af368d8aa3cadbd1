import { describe, expect, it } from 'vitest'
import type { RouteFailedError, StreamEvent, Usage } from '../src/index.ts'
import type { Reply } from '../src/testing/index.ts'
import { createWorld, fails, lines, scripted } from './world.ts'

const usage: Usage = {
  uncachedInputTokens: 3,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 2,
  reasoningTokens: 0,
}
const finish: StreamEvent = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  warnings: [],
  model: 'm',
  provider: 'a',
}

function overTwo(a: Reply) {
  const b = scripted('b', { text: ['from b'] })
  const world = createWorld({ providers: [scripted('a', a), b], routes: { chat: ['a/m', 'b/m'] } })
  return { ...world, b }
}

describe('a stream', () => {
  it('yields its events and ends with one finish event that carries ledger and usage', async () => {
    const { read } = createWorld({
      providers: [scripted('a', { text: ['bl', 'ue'], usage })],
      routes: { chat: ['a/m'] },
    })
    const events = await read()
    expect(events.slice(0, 2)).toEqual([
      { type: 'text-delta', text: 'bl' },
      { type: 'text-delta', text: 'ue' },
    ])
    expect(events.slice(2)).toMatchObject([
      { type: 'finish', usage, route: 'chat', latencyMs: 0, exclusions: [], attempts: [{ outcome: 'success', usage }] },
    ])
  })

  it('takes the newest usage for the finish event that brings none', async () => {
    const events: StreamEvent[] = [
      { type: 'usage', usage },
      { type: 'text-delta', text: 'x' },
      { type: 'usage', usage: { ...usage, outputTextTokens: 9 } },
      finish,
    ]
    const { read } = overTwo({ events })
    const read_ = await read()
    expect(read_.map(({ type }) => type)).toEqual(['usage', 'text-delta', 'usage', 'finish'])
    expect(read_.at(-1)).toMatchObject({
      usage: { outputTextTokens: 9 },
      attempts: [{ usage: { outputTextTokens: 9 } }],
    })
  })

  it('starts nothing until it is read', async () => {
    const a = scripted('a')
    const { open, events, clock } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const stream = open()
    await clock.advance(1000)
    expect([a.calls, events]).toEqual([[], []])
    await clock.run(stream.next())
    expect(a.calls).toHaveLength(1)
  })

  it('is not given to a target that does not stream', async () => {
    const { read } = createWorld({
      providers: [
        { ...scripted('a'), capabilities: (model) => ({ ...scripted('a').capabilities(model), streaming: false }) },
        scripted('b'),
      ],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect((await read()).at(-1)).toMatchObject({
      provider: 'b',
      exclusions: [{ target: 'a/m', reason: 'not-capable', detail: expect.stringContaining('stream') }],
    })
  })
})

describe('before the first content', () => {
  const failures: readonly (readonly [string, Reply, string])[] = [
    ['fails', fails('server'), 'server'],
    ['ends without its terminal marker', { text: [], end: 'cut' }, 'truncated'],
    ['finishes without content', { text: [] }, 'empty'],
    ['finishes with nothing but empty deltas', { text: ['', ''] }, 'empty'],
    ['gives nothing but empty deltas and ends', { text: ['', ''], end: 'cut' }, 'truncated'],
    ['fails after an empty delta', { text: [''], ...fails('overloaded') }, 'overloaded'],
    ['fails after usage', { events: [{ type: 'usage', usage }], ...fails('network') }, 'network'],
    ['stalls', { events: [], end: 'stall' }, 'timeout'],
    ['stalls after empty deltas', { text: ['', ''], end: 'stall' }, 'timeout'],
  ]

  it.each(failures)('a stream that %s moves on unseen', async (_, reply, kind) => {
    const { read, router } = overTwo(reply)
    const events = await read()
    expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
    expect(events[0]).toMatchObject({ attempt: { number: 1, target: 'a/m', kind } })
    expect(events[1]).toEqual({ type: 'text-delta', text: 'from b' })
    const end = events[2]
    expect(end?.type === 'finish' && lines(end)).toEqual([`1 a/m first failure ${kind}`, '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
  })

  it('usage of the failed call is not handed on, that of the serving call is', async () => {
    const { read } = overTwo({
      events: [{ type: 'usage', usage: { ...usage, outputTextTokens: 99 } }],
      ...fails('server'),
    })
    expect((await read()).filter(({ type }) => type === 'usage')).toEqual([])
  })

  it('each failed call is told, in order, before anything else', async () => {
    const { read } = createWorld({
      providers: [scripted('a', fails('server')), scripted('b', fails('network')), scripted('c')],
      routes: { chat: ['a/m', 'b/m', 'c/m'] },
    })
    const events = await read()
    expect(events.map((event) => (event.type === 'attempt-failed' ? event.attempt.kind : event.type))).toEqual([
      'server',
      'network',
      'text-delta',
      'finish',
    ])
  })

  it('a stream with nobody left throws the one error that tells all', async () => {
    const { read, errorOf, router } = createWorld({
      providers: [scripted('a', fails('authentication')), scripted('b', fails('quota'))],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const error = await errorOf<RouteFailedError>(read())
    expect(error).toMatchObject({ code: 'all-attempts-failed', kind: 'authentication' })
    expect(lines(error)).toEqual(['1 a/m first failure authentication', '2 b/m next-target failure quota'])
    expect(router.status().map(({ inFlight }) => inFlight)).toEqual([0, 0])
  })

  it('a stream that ends for its length or a filter without content is an answer', async () => {
    for (const unified of ['length', 'content-filter', 'tool-calls'] as const) {
      const { read, b } = overTwo({ text: [], finish: unified })
      expect(await read()).toMatchObject([{ type: 'finish', finishReason: { unified }, provider: 'a' }])
      expect(b.calls).toEqual([])
    }
  })
})

describe('the first content', () => {
  const contents: readonly (readonly [string, StreamEvent])[] = [
    ['text', { type: 'text-delta', text: 'x' }],
    ['reasoning', { type: 'reasoning-delta', text: 'hm' }],
    ['an opaque block of reasoning', { type: 'reasoning-delta', text: '', opaque: { issuer: 'a', data: 'sig' } }],
    ['a piece of a tool call', { type: 'tool-call-delta', index: 0, id: '1', name: 'look', arguments: '' }],
    ['a tool call', { type: 'tool-call', index: 0, id: '1', name: 'look', arguments: '{}' }],
    ['a file', { type: 'file', file: { data: 'AAAA', mediaType: 'image/png' } }],
  ]

  it.each(contents)('%s commits the stream to its target', async (_, event) => {
    const { read, errorOf, b, events } = overTwo({ events: [event], ...fails('server') })
    expect(await errorOf(read())).toMatchObject({ code: 'stream-interrupted', kind: 'server' })
    expect(b.calls).toEqual([])
    expect(events.filter(({ type }) => type === 'stream-committed')).toHaveLength(1)
  })

  it('is passed on as soon as it is there, not when the stream ends', async () => {
    const { open, clock } = createWorld({
      providers: [scripted('a', { delayMs: 50, text: ['first', 'second'], pieceDelayMs: 1000 })],
      routes: { chat: ['a/m'] },
    })
    const stream = open()
    expect(await clock.run(stream.next())).toEqual({ done: false, value: { type: 'text-delta', text: 'first' } })
    expect(clock.now()).toBe(50)
    await stream.return()
  })

  it('comes after what was held back before it, and empty deltas are never seen', async () => {
    const { read } = overTwo({
      events: [
        { type: 'text-delta', text: '' },
        { type: 'usage', usage },
        { type: 'reasoning-delta', text: '' },
        { type: 'text-delta', text: 'x' },
        { type: 'text-delta', text: '' },
        finish,
      ],
    })
    expect((await read()).map(({ type }) => type)).toEqual(['usage', 'text-delta', 'finish'])
  })
})
