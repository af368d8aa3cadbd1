import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, ChatResponse, StreamEvent } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from '@llmfb/openai-compatible'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { chunk, completion, eventStream, json, messageOf, sse } from './bodies.ts'
import { connect } from './connect.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

function chat(body: unknown, dialect: ChatCompletionsDialect = {}): Promise<ChatResponse> {
  server.answer({ headers: json, body: JSON.stringify(body) })
  return connect({ baseURL: server.url, dialect }).chat(request)
}

async function stream(
  events: readonly (Record<string, unknown> | string)[],
  dialect: ChatCompletionsDialect = {},
): Promise<StreamEvent[]> {
  server.answer({ headers: sse, body: eventStream(...events) })
  const read: StreamEvent[] = []
  for await (const event of connect({ baseURL: server.url, dialect }).stream(request)) read.push(event)
  return read
}

describe('a complete answer', () => {
  it('is told in the words of the contract', async () => {
    expect(await chat(completion())).toEqual({
      text: 'Hello.',
      content: [{ type: 'text', text: 'Hello.' }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: {
        uncachedInputTokens: 9,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTextTokens: 3,
        reasoningTokens: 0,
      },
      warnings: [],
      model: 'served-model',
      provider: 'compatible',
      requestId: 'req_1',
    })
  })

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['eos', 'stop'],
    ['model_length', 'length'],
    ['constructor', 'other'],
    ['exhausted', 'length'],
  ])('ended with %s is %s', async (raw, unified) => {
    const { finishReason } = await chat(messageOf({ content: 'x' }, raw), { finishReasons: { exhausted: 'length' } })
    expect(finishReason).toEqual({ unified, raw })
  })

  it('delivers a refusal as text that was filtered', async () => {
    const response = await chat(messageOf({ content: null, refusal: 'I cannot.' }))
    expect(response).toMatchObject({ text: 'I cannot.', finishReason: { unified: 'content-filter', raw: 'stop' } })
  })

  it('delivers tool calls as they were written, whatever the reason for its end is called', async () => {
    const calls = [
      { id: 'c1', type: 'function', function: { name: 'a', arguments: '{"x": 1' } },
      { type: 'function', function: { name: 'b', arguments: { y: 2 } } },
    ]
    const { content, finishReason } = await chat(messageOf({ content: null, tool_calls: calls }))
    expect(content).toEqual([
      { type: 'tool-call', id: 'c1', name: 'a', arguments: '{"x": 1' },
      { type: 'tool-call', id: 'call_1', name: 'b', arguments: '{"y":2}' },
    ])
    expect(finishReason).toEqual({ unified: 'tool-calls', raw: 'stop' })
  })

  it('delivers a function call of the older form as a tool call', async () => {
    const message = { content: null, function_call: { name: 'a', arguments: '{}' } }
    expect((await chat(messageOf(message, 'function_call'))).content).toEqual([
      { type: 'tool-call', id: 'call_0', name: 'a', arguments: '{}' },
    ])
  })

  it('finds reasoning where services put it', async () => {
    const expected = [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Yes.' },
    ]
    expect((await chat(messageOf({ content: 'Yes.', reasoning_content: 'Hm.' }))).content).toEqual(expected)
    expect((await chat(messageOf({ content: 'Yes.', reasoning: 'Hm.' }))).content).toEqual(expected)
    const dialect = { reasoningFields: ['thoughts'] }
    expect((await chat(messageOf({ content: 'Yes.', thoughts: 'Hm.' }), dialect)).content).toEqual(expected)
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'Yes.' },
    ]
    expect((await chat(messageOf({ content: parts }))).content).toEqual(expected)
  })

  it('counts each token in one bucket', async () => {
    const openai = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 40 },
    }
    const buckets = { uncachedInputTokens: 10, cacheReadTokens: 60, cacheWriteTokens: 30, reasoningTokens: 40 }
    expect((await chat(completion({ usage: openai }))).usage).toEqual({ ...buckets, outputTextTokens: 10 })
    const beside = { ...openai, total_tokens: 190 }
    expect((await chat(completion({ usage: beside }))).usage).toEqual({ ...buckets, outputTextTokens: 50 })
    expect(await chat(completion({ usage: null }))).not.toHaveProperty('usage')
  })

  it('says so when other choices were not read', async () => {
    const choice = { index: 0, message: { content: 'a' }, finish_reason: 'stop' }
    const { text, warnings } = await chat(completion({ choices: [choice, { ...choice, index: 1 }] }))
    expect(text).toBe('a')
    expect(warnings).toMatchObject([{ parameter: 'providerOptions.n' }])
  })
})

describe('a streamed answer', () => {
  it('is told in the words of the contract', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }
    const told = {
      uncachedInputTokens: 9,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTextTokens: 3,
      reasoningTokens: 0,
    }
    const events = await stream([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo.' }),
      chunk({}, 'stop'),
      { ...chunk({}), choices: [], usage },
      '[DONE]',
      'not read any more',
    ])
    expect(events).toEqual([
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo.' },
      { type: 'usage', usage: told },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: told,
        warnings: [],
        model: 'served-model',
        provider: 'compatible',
        requestId: 'req_1',
      },
    ])
  })

  const toolEvents = [
    { type: 'tool-call-delta', index: 0, id: 'c1', name: 'a', arguments: '' },
    { type: 'tool-call-delta', index: 0, id: 'c1', arguments: '{"x":' },
    { type: 'tool-call-delta', index: 1, id: 'c2', name: 'b', arguments: '{}' },
    { type: 'tool-call-delta', index: 0, id: 'c1', arguments: '1}' },
    { type: 'tool-call', index: 0, id: 'c1', name: 'a', arguments: '{"x":1}' },
    { type: 'tool-call', index: 1, id: 'c2', name: 'b', arguments: '{}' },
  ]

  it('puts parallel tool calls together', async () => {
    const events = await stream([
      chunk({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'a', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] }),
      chunk({ tool_calls: [{ index: 1, id: 'c2', function: { name: 'b', arguments: '{}' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
      chunk({ tool_calls: [{ index: 1, function: { arguments: '' } }] }),
      chunk({}, 'tool_calls'),
      '[DONE]',
    ])
    expect(events.slice(0, -1)).toEqual(toolEvents)
    expect(events.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls', raw: 'tool_calls' } })
  })

  it('tells calls apart that come with the same index, or with none', async () => {
    const pieces = [
      { id: 'c1', function: { name: 'a', arguments: '{"x":1}' } },
      { id: 'c2', function: { name: 'b', arguments: '{}' } },
    ]
    for (const index of [{ index: 0 }, {}]) {
      const events = await stream([
        chunk({ tool_calls: pieces.map((piece) => ({ ...index, ...piece })) }),
        chunk({}, 'stop'),
        '[DONE]',
      ])
      expect(events.filter(({ type }) => type === 'tool-call')).toEqual(toolEvents.slice(-2))
      expect(events.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls', raw: 'stop' } })
    }
  })

  it('delivers a function call of the older form, a refusal and content in parts', async () => {
    const legacy = await stream([
      chunk({ function_call: { name: 'a', arguments: '' } }),
      chunk({ function_call: { arguments: '{}' } }, 'function_call'),
      '[DONE]',
    ])
    expect(legacy.at(-2)).toEqual({ type: 'tool-call', index: 0, id: 'call_0', name: 'a', arguments: '{}' })
    const refusal = await stream([chunk({ refusal: 'I cannot.' }), chunk({}, 'stop'), '[DONE]'])
    expect(refusal).toMatchObject([
      { type: 'text-delta', text: 'I cannot.' },
      { type: 'finish', finishReason: { unified: 'content-filter', raw: 'stop' } },
    ])
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'Yes.' },
    ]
    expect(await stream([chunk({ content: parts }, 'stop'), '[DONE]'])).toMatchObject([
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'text-delta', text: 'Yes.' },
      { type: 'finish' },
    ])
  })

  it('may end without an end marker where the dialect says so', async () => {
    const events = await stream([chunk({ content: 'x' }, 'stop')], { requireDone: false })
    expect(events.at(-1)).toMatchObject({ type: 'finish' })
  })

  it('may come as one answer from a service that does not stream', async () => {
    const calls = [{ id: 'c1', function: { name: 'a', arguments: '{"x":1}' } }]
    server.answer({
      headers: json,
      body: JSON.stringify(messageOf({ content: 'Hello.', reasoning: 'Hm.', tool_calls: calls })),
    })
    const events: StreamEvent[] = []
    for await (const event of connect({ baseURL: server.url }).stream(request)) events.push(event)
    expect(events).toMatchObject([
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'text-delta', text: 'Hello.' },
      { type: 'tool-call-delta', index: 0, id: 'c1', name: 'a', arguments: '{"x":1}' },
      { type: 'tool-call', index: 0, id: 'c1', name: 'a', arguments: '{"x":1}' },
      { type: 'usage' },
      { type: 'finish', finishReason: { unified: 'tool-calls' }, requestId: 'req_1' },
    ])
    expect(events.at(-1)).not.toHaveProperty('content')
  })
})
