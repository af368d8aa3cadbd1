import type { WireServer } from '@llmfb/conformance'
import { startWireServer } from '@llmfb/conformance'
import type { ChatRequest } from '@llmfb/core/provider'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collect, connect } from './connect.ts'

const hi = { role: 'user', content: 'Hi' } as const
const request: ChatRequest = { model: 'm', messages: [hi] }
let server: WireServer

beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

function call(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { function: { name, arguments: { at: name } }, ...more }
}

async function idsOf(asked: ChatRequest, calls: readonly Record<string, unknown>[]): Promise<string[]> {
  const message = { role: 'assistant', content: '', tool_calls: calls }
  server.answer({ body: `${JSON.stringify({ message, done: true, done_reason: 'stop' })}\n` })
  const provider = await connect({ baseURL: server.url })
  const ids = (await provider.chat(asked)).content.map((part) => (part.type === 'tool-call' ? part.id : ''))
  const events = await collect(provider.stream(asked))
  expect(events.flatMap((event) => (event.type === 'tool-call' ? [event.id] : []))).toEqual(ids)
  return ids
}

describe('ids of tool calls', () => {
  test('by position', async () => {
    expect(await idsOf(request, [call('a'), call('a')])).toEqual(['call_0', 'call_1'])
  })

  test('go on where the conversation is', async () => {
    const earlier = (id: string) => ({ type: 'tool-call', id, name: 'a', arguments: '{}' }) as const
    const conversation = (...ids: string[]): ChatRequest => ({
      ...request,
      messages: [hi, { role: 'assistant', content: ids.map(earlier) }, hi],
    })
    expect(await idsOf(conversation('call_0', 'call_1'), [call('b')])).toEqual(['call_2'])
    expect(await idsOf(conversation('toolu_1'), [call('b'), call('c')])).toEqual(['call_1', 'call_2'])
    expect(await idsOf(conversation('x', 'call_2'), [call('b'), call('c')])).toEqual(['call_3', 'call_4'])
  })

  test('are the ones of the server where it gives them', async () => {
    expect(await idsOf(request, [call('a', { id: 'srv-1' }), call('b')])).toEqual(['srv-1', 'call_0'])
  })
})

test('an answer in full', async () => {
  const message = {
    role: 'assistant',
    content: 'I look.',
    thinking: 'Hm.',
    tool_calls: [call('a')],
    images: ['/9j/4AAQ'],
  }
  const totals = { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 }
  server.answer({
    headers: { 'x-request-id': 'r1' },
    body: `${JSON.stringify({ model: 'm:latest', message, ...totals })}\n`,
  })
  const provider = await connect({ baseURL: server.url, id: 'local' }, { id: 'local' })
  const envelope = {
    finishReason: { unified: 'tool-calls', raw: 'stop' },
    usage: { uncachedInputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 4, reasoningTokens: 0 },
    warnings: [],
    model: 'm:latest',
    provider: 'local',
    requestId: 'r1',
  }
  expect(await provider.chat(request)).toEqual({
    text: 'I look.',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'I look.' },
      { type: 'file', file: { data: '/9j/4AAQ', mediaType: 'image/jpeg' } },
      { type: 'tool-call', id: 'call_0', name: 'a', arguments: '{"at":"a"}' },
    ],
    ...envelope,
  })
  expect(await collect(provider.stream(request))).toEqual([
    { type: 'reasoning-delta', text: 'Hm.' },
    { type: 'text-delta', text: 'I look.' },
    { type: 'file', file: { data: '/9j/4AAQ', mediaType: 'image/jpeg' } },
    { type: 'tool-call-delta', index: 0, id: 'call_0', name: 'a', arguments: '{"at":"a"}' },
    { type: 'tool-call', index: 0, id: 'call_0', name: 'a', arguments: '{"at":"a"}' },
    { type: 'finish', ...envelope },
  ])
})

describe('finish', () => {
  test.for<[string | undefined, string]>([
    ['stop', 'stop'],
    ['length', 'length'],
    ['something new', 'other'],
    [undefined, 'stop'],
  ])('%s is %s', async ([raw, unified]) => {
    server.answer({ body: JSON.stringify({ message: { content: 'a' }, done: true, done_reason: raw }) })
    const provider = await connect({ baseURL: server.url })
    expect(await provider.chat(request)).toMatchObject({ finishReason: { unified, raw: raw ?? '' }, model: 'm' })
  })

  test('calls that were cut off are cut off', async () => {
    const message = { content: '', tool_calls: [call('a')] }
    server.answer({ body: JSON.stringify({ message, done: true, done_reason: 'length' }) })
    const provider = await connect({ baseURL: server.url })
    expect((await provider.chat(request)).finishReason.unified).toBe('length')
  })
})

test('usage that is not told is absent, and half of it is not', async () => {
  const provider = await connect({ baseURL: server.url })
  server.answer({ body: JSON.stringify({ message: { content: 'a' }, done: true }) })
  expect(await provider.chat(request)).not.toHaveProperty('usage')
  server.answer({ body: JSON.stringify({ message: { content: 'a' }, done: true, eval_count: 2 }) })
  expect((await provider.chat(request)).usage).toMatchObject({ uncachedInputTokens: 0, outputTextTokens: 2 })
})

test('an answer goes back into the history as it came', async () => {
  const message = { role: 'assistant', content: 'I look.', thinking: 'Hm.', tool_calls: [call('a')] }
  server.answer({ body: JSON.stringify({ message, done: true }) })
  const provider = await connect({ baseURL: server.url })
  const { content } = await provider.chat(request)
  await provider.chat({
    model: 'm',
    messages: [
      hi,
      { role: 'assistant', content },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_0', content: '1' }] },
    ],
  })
  expect(server.requests.at(-1)?.body).toMatchObject({
    messages: [hi, message, { role: 'tool', content: '1', tool_name: 'a' }],
  })
})
