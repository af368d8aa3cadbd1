import { describe, expect, it } from 'vitest'
import type { StreamEvent, StreamInterruptedError } from '../src/index.ts'
import type { Reply } from '../src/testing/index.ts'
import { createWorld, fails, lines, scripted } from './world.ts'

function broken(a: Reply) {
  const b = scripted('b')
  const provider = scripted('a', a)
  const world = createWorld({ providers: [provider, b], routes: { chat: ['a/m', 'b/m'] } })
  return { ...world, a: provider, b, failure: () => world.errorOf<StreamInterruptedError>(world.read()) }
}

describe('a stream that breaks after content', () => {
  it('throws an error with the text that was delivered and what happened, and asks nobody else', async () => {
    const { failure, b } = broken({ text: ['The sky', ' is'], ...fails('network', { message: 'connection reset' }) })
    const error = await failure()
    expect(error).toMatchObject({
      code: 'stream-interrupted',
      kind: 'network',
      route: 'chat',
      delivered: { text: 'The sky is', content: [{ type: 'text', text: 'The sky is' }] },
      exclusions: [],
      latencyMs: 0,
      cause: { kind: 'network', message: 'connection reset' },
    })
    expect(lines(error)).toEqual(['1 a/m first failure network'])
    expect(error.message).toBe('Stream of a/m broke off (network) after 10 characters of text: connection reset')
    expect(b.calls).toEqual([])
  })

  it('hands over reasoning, whole tool calls and half a tool call', async () => {
    const events: StreamEvent[] = [
      { type: 'reasoning-delta', text: 'I should ', opaque: { issuer: 'a', data: 'signed' } },
      { type: 'text-delta', text: 'Let me look.' },
      { type: 'tool-call-delta', index: 0, id: 'c1', name: 'search', arguments: '{"q":1}' },
      { type: 'tool-call', index: 0, id: 'c1', name: 'search', arguments: '{"q":1}' },
      { type: 'tool-call-delta', index: 1, id: 'c2', name: 'fetch', arguments: '{"url":' },
      { type: 'tool-call-delta', index: 1, id: 'c2', arguments: '"htt' },
    ]
    const { delivered } = await broken({ events, ...fails('server') }).failure()
    expect(delivered).toEqual({
      text: 'Let me look.',
      content: [
        { type: 'reasoning', text: 'I should ', opaque: { issuer: 'a', data: 'signed' } },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool-call', id: 'c1', name: 'search', arguments: '{"q":1}' },
        { type: 'tool-call', id: 'c2', name: 'fetch', arguments: '{"url":"htt' },
      ],
    })
  })

  it.each([
    ['ends without its terminal marker', { text: ['half'], end: 'cut' }, 'truncated'],
    ['falls silent', { text: ['half'], end: 'stall' }, 'timeout'],
    ['reports an error in its own events', { text: ['half'], ...fails('overloaded') }, 'overloaded'],
  ] as const)('is a failure when it %s, and counts against the target', async (_, reply, kind) => {
    const { failure, router, events } = broken(reply)
    expect(await failure()).toMatchObject({ kind, delivered: { text: 'half' } })
    expect(router.status()[0]).toMatchObject({ failures: 1, successes: 0, inFlight: 0 })
    expect(events.slice(-2)).toMatchObject([
      { type: 'attempt-failed', attempt: { kind } },
      { type: 'request-failed', kind },
    ])
  })

  it('opens the circuit of its target when it happens again and again', async () => {
    const { read, errorOf, router } = broken({ text: ['half'], end: 'cut' })
    for (let request = 1; request <= 5; request++) await errorOf(read())
    expect(router.status()[0]?.circuit).toBe('open')
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
  })

  it('is over: reads after the error find its end', async () => {
    const { open, errorOf, clock } = broken({ text: ['half'], end: 'cut' })
    const stream = open()
    await stream.next()
    await errorOf(stream.next())
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(clock.pending).toBe(0)
  })

  it('leaves the provider with an aborted signal', async () => {
    const { failure, a } = broken({ text: ['half'], ...fails('network') })
    await failure()
    expect(a.calls.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('keeps the calls that failed before it in its ledger', async () => {
    const { read, errorOf } = createWorld({
      providers: [scripted('a', fails('server')), scripted('b', { text: ['half'], end: 'cut' })],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const error = await errorOf<StreamInterruptedError>(read())
    expect(lines(error)).toEqual(['1 a/m first failure server', '2 b/m next-target failure truncated'])
  })
})
