import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatResponse, StreamEvent } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { block, messageAnswer, messageDelta, messageStart, messageStop, streamAnswer, textBlock } from './answers.ts'
import { collect, connect } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const request = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello' }] } as const

async function chat(message: Readonly<Record<string, unknown>>): Promise<ChatResponse> {
  server.answer(messageAnswer(message))
  return await (await connect(server.url)).chat(request)
}

async function stream(...events: Parameters<typeof streamAnswer>[0]): Promise<StreamEvent[]> {
  server.answer(streamAnswer(events))
  const provider = await connect(server.url)
  return await collect(provider.stream(request))
}

test('reads a message', async () => {
  expect(await chat({})).toEqual({
    text: 'Hello',
    content: [{ type: 'text', text: 'Hello' }],
    finishReason: { unified: 'stop', raw: 'end_turn' },
    usage: { uncachedInputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 5, reasoningTokens: 0 },
    warnings: [],
    model: 'claude-sonnet-4-6',
    provider: 'anthropic',
    requestId: 'req_1',
  })
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
  ['pause_turn', 'other'],
  ['constructor', 'other'],
])('%s means %s', async (raw, unified) => {
  expect((await chat({ stop_reason: raw })).finishReason).toEqual({ unified, raw })
  const last = (await stream(messageStart, messageDelta(raw), messageStop)).at(-1)
  expect(last).toMatchObject({ type: 'finish', finishReason: { unified, raw } })
})

test('counts each token in one bucket', async () => {
  const { usage } = await chat({
    usage: {
      input_tokens: 1,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 300,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 44 },
    },
  })
  expect(usage).toEqual({
    uncachedInputTokens: 1,
    cacheReadTokens: 20,
    cacheWriteTokens: 300,
    outputTextTokens: 6,
    reasoningTokens: 44,
  })
})

test('leaves out blocks that have no part, aloud and once', async () => {
  const { text, content, warnings } = await chat({
    content: [
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's1', content: [] },
      { type: 'server_tool_use', id: 's2', name: 'web_search', input: {} },
      { type: 'text', text: 'Found', citations: [{ type: 'web_search_result_location', url: 'https://example.com' }] },
    ],
  })
  expect({ text, parts: content.length }).toEqual({ text: 'Found', parts: 1 })
  expect(warnings.map(({ message }) => /'([a-z_]+)'|citations/.exec(message)?.[0])).toEqual([
    "'server_tool_use'",
    "'web_search_tool_result'",
    'citations',
  ])
})

test('streams text, with usage first', async () => {
  const usage = { input_tokens: 8, output_tokens: 50, output_tokens_details: { thinking_tokens: 44 } }
  const events = await stream(
    messageStart,
    { type: 'ping' },
    ...textBlock(0, 'Hel', '', 'lo'),
    { type: 'something_newer' },
    messageDelta('end_turn', usage),
    messageStop,
  )
  const input = { cacheReadTokens: 11, cacheWriteTokens: 13 }
  expect(events).toEqual([
    { type: 'usage', usage: { ...input, uncachedInputTokens: 7, outputTextTokens: 1, reasoningTokens: 0 } },
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'end_turn' },
      usage: { ...input, uncachedInputTokens: 8, outputTextTokens: 6, reasoningTokens: 44 },
      warnings: [],
      model: 'claude-sonnet-4-6',
      provider: 'anthropic',
      requestId: 'req_1',
    },
  ])
})

test('streams parallel tool calls, also those that come in one piece or are cut by max_tokens', async () => {
  const piece = (partial_json: string): Record<string, unknown> => ({ type: 'input_json_delta', partial_json })
  const start = (id: string, input: unknown = {}): Record<string, unknown> => ({
    type: 'tool_use',
    id,
    name: 'weather',
    input,
  })
  const events = await stream(
    messageStart,
    ...textBlock(0, 'Let me see'),
    ...block(1, start('t1'), piece(''), piece('{"city":'), piece('"Rome"}')),
    ...block(2, start('t2')),
    ...block(3, start('t3', { city: 'Oslo' })),
    ...block(4, start('t4'), piece('{"ci')),
    messageDelta('max_tokens'),
    messageStop,
  )
  expect(events.filter(({ type }) => type.startsWith('tool-call'))).toEqual([
    { type: 'tool-call-delta', index: 0, id: 't1', name: 'weather', arguments: '' },
    { type: 'tool-call-delta', index: 0, id: 't1', arguments: '{"city":' },
    { type: 'tool-call-delta', index: 0, id: 't1', arguments: '"Rome"}' },
    { type: 'tool-call', index: 0, id: 't1', name: 'weather', arguments: '{"city":"Rome"}' },
    { type: 'tool-call-delta', index: 1, id: 't2', name: 'weather', arguments: '' },
    { type: 'tool-call-delta', index: 1, id: 't2', arguments: '{}' },
    { type: 'tool-call', index: 1, id: 't2', name: 'weather', arguments: '{}' },
    { type: 'tool-call-delta', index: 2, id: 't3', name: 'weather', arguments: '' },
    { type: 'tool-call-delta', index: 2, id: 't3', arguments: '{"city":"Oslo"}' },
    { type: 'tool-call', index: 2, id: 't3', name: 'weather', arguments: '{"city":"Oslo"}' },
    { type: 'tool-call-delta', index: 3, id: 't4', name: 'weather', arguments: '' },
    { type: 'tool-call-delta', index: 3, id: 't4', arguments: '{"ci' },
    { type: 'tool-call', index: 3, id: 't4', name: 'weather', arguments: '{"ci' },
  ])
})

test('closes a tool call that the service left open', async () => {
  const [open] = block(0, { type: 'tool_use', id: 't1', name: 'weather', input: {} })
  const events = await stream(messageStart, ...(open ? [open] : []), messageDelta('tool_use'), messageStop)
  expect(events.at(-2)).toEqual({ type: 'tool-call', index: 0, id: 't1', name: 'weather', arguments: '{}' })
})

test('leaves out streamed blocks that have no part, aloud', async () => {
  const events = await stream(
    messageStart,
    ...block(
      0,
      { type: 'server_tool_use', id: 's1', name: 'x', input: {} },
      { type: 'input_json_delta', partial_json: '{}' },
    ),
    ...block(
      1,
      { type: 'text', text: '' },
      { type: 'citations_delta', citation: {} },
      { type: 'text_delta', text: 'Hi' },
    ),
    messageDelta('end_turn'),
    messageStop,
  )
  expect(events.slice(1, -1)).toEqual([{ type: 'text-delta', text: 'Hi' }])
  expect(events.at(-1)).toMatchObject({
    warnings: [
      { message: expect.stringContaining("'server_tool_use'") },
      { message: expect.stringContaining('citations') },
    ],
  })
})

const thinking = { type: 'thinking', thinking: 'Hm \ud83e\udd14 \u0000"', signature: 'Ep+/w==' }
const redacted = { type: 'redacted_thinking', data: 'Er+/w==' }

test.each(['chat', 'stream'] as const)('gives signed reasoning back as it came, after %s', async (how) => {
  const provider = await connect(server.url)
  const content =
    how === 'chat'
      ? (await chat({ content: [thinking, redacted, { type: 'text', text: 'Hi' }] })).content
      : toParts(
          await stream(
            messageStart,
            ...block(
              0,
              { type: 'thinking', thinking: '', signature: '' },
              // A service may cut between the halves of a character.
              { type: 'thinking_delta', thinking: 'Hm \ud83e' },
              { type: 'thinking_delta', thinking: '\udd14 \u0000"' },
              { type: 'signature_delta', signature: 'Ep+' },
              { type: 'signature_delta', signature: '/w==' },
            ),
            ...block(1, redacted),
            ...textBlock(2, 'Hi'),
            messageDelta('end_turn'),
            messageStop,
          ),
        )
  server.answer(messageAnswer())
  await provider.chat({
    ...request,
    messages: [...request.messages, { role: 'assistant', content }, ...request.messages],
  })
  const sent = server.requests.at(-1)?.body as { messages: readonly { content: unknown }[] } | undefined
  expect(sent?.messages[1]?.content).toEqual([thinking, redacted, { type: 'text', text: 'Hi' }])

  const other = await connect(server.url, { id: 'anthropic-2' })
  const { warnings } = await other.chat({ ...request, messages: [{ role: 'assistant', content }, ...request.messages] })
  expect(warnings).toHaveLength(2)
})

/** As a caller puts a stream's reasoning and text back into a history. */
function toParts(events: readonly StreamEvent[]): ChatResponse['content'] {
  const parts: ChatResponse['content'][number][] = []
  let reasoning = ''
  for (const event of events) {
    if (event.type === 'text-delta') parts.push({ type: 'text', text: event.text })
    if (event.type !== 'reasoning-delta') continue
    reasoning += event.text
    if (!event.opaque) continue
    parts.push({ type: 'reasoning', text: reasoning, opaque: event.opaque })
    reasoning = ''
  }
  return parts
}

test('a whole message where a stream was asked for becomes its events', async () => {
  const content = [
    { type: 'thinking', thinking: 'Hm', signature: 'sig' },
    { type: 'text', text: 'Well' },
    { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } },
    { type: 'tool_use', id: 't2', name: 'time', input: {} },
  ]
  server.answer(messageAnswer({ content, stop_reason: 'tool_use' }))
  const provider = await connect(server.url)
  const { text: _text, content: parts, ...finish } = await provider.chat(request)
  const events = await collect(provider.stream(request))
  expect(events).toEqual([
    { ...parts[0], type: 'reasoning-delta' },
    { type: 'text-delta', text: 'Well' },
    { type: 'tool-call-delta', index: 0, id: 't1', name: 'weather', arguments: '{"city":"Rome"}' },
    { type: 'tool-call', index: 0, id: 't1', name: 'weather', arguments: '{"city":"Rome"}' },
    { type: 'tool-call-delta', index: 1, id: 't2', name: 'time', arguments: '{}' },
    { type: 'tool-call', index: 1, id: 't2', name: 'time', arguments: '{}' },
    { type: 'usage', usage: finish.usage },
    { type: 'finish', ...finish },
  ])
})
