import { startWireServer, type WireServer } from '@llmfb/conformance'
import { collectStream } from '@llmfb/core/provider'
import type { ChatResponse, StreamEvent } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  converseAnswer,
  delta,
  messageStart,
  messageStop,
  metadata,
  start,
  stop,
  streamAnswer,
  textBlock,
} from './answers.ts'
import { collect, connect } from './connect.ts'
import { event } from './event-stream.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const request = { model, messages: [{ role: 'user', content: 'Hello' }] } as const

async function chat(content?: readonly unknown[], rest?: Readonly<Record<string, unknown>>): Promise<ChatResponse> {
  server.answer(converseAnswer(content, rest))
  return await (await connect(server.url)).chat(request)
}

async function stream(...messages: readonly Uint8Array[]): Promise<StreamEvent[]> {
  server.answer(streamAnswer(messages))
  return await collect((await connect(server.url)).stream(request))
}

test('reads a message', async () => {
  expect(await chat()).toEqual({
    text: 'Hello',
    content: [{ type: 'text', text: 'Hello' }],
    finishReason: { unified: 'stop', raw: 'end_turn' },
    usage: { uncachedInputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 5, reasoningTokens: 0 },
    warnings: [],
    model,
    provider: 'bedrock',
    requestId: 'request-1',
  })
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['guardrail_intervened', 'content-filter'],
  ['content_filtered', 'content-filter'],
  ['malformed_model_output', 'other'],
  ['constructor', 'other'],
])('%s means %s', async (raw, unified) => {
  expect((await chat(undefined, { stopReason: raw })).finishReason).toEqual({ unified, raw })
  const last = (await stream(messageStart, messageStop(raw), metadata())).at(-1)
  expect(last).toMatchObject({ type: 'finish', finishReason: { unified, raw } })
})

test('counts each token in one bucket', async () => {
  const usage = {
    inputTokens: 1,
    outputTokens: 50,
    totalTokens: 371,
    cacheReadInputTokens: 20,
    cacheWriteInputTokens: 300,
  }
  const buckets = {
    uncachedInputTokens: 1,
    cacheReadTokens: 20,
    cacheWriteTokens: 300,
    outputTextTokens: 50,
    reasoningTokens: 0,
  }
  expect((await chat(undefined, { usage })).usage).toEqual(buckets)
  expect((await stream(messageStart, messageStop(), metadata(usage))).at(-1)).toMatchObject({ usage: buckets })
})

test('says nothing of usage where the service says nothing', async () => {
  expect(await chat(undefined, { usage: undefined })).not.toHaveProperty('usage')
})

test('streams text, and passes over what it does not know', async () => {
  const events = await stream(
    messageStart,
    ...textBlock(0, 'Hel', '', 'lo \u{1f916}'),
    event('somethingNewer', { a: 1 }),
    messageStop(),
    metadata(),
  )
  expect(events).toEqual([
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo \u{1f916}' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'end_turn' },
      usage: {
        uncachedInputTokens: 7,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTextTokens: 5,
        reasoningTokens: 0,
      },
      warnings: [],
      model,
      provider: 'bedrock',
      requestId: 'request-1',
    },
  ])
})

test('streams text that a start announces', async () => {
  const announced = [event('contentBlockStart', { contentBlockIndex: 0 }), start(1, { reasoningContent: {} })]
  const events = await stream(
    messageStart,
    ...announced,
    ...textBlock(0, 'a'),
    delta(1, { reasoningContent: { text: 'b' } }),
    messageStop(),
    metadata(),
  )
  expect(events.slice(0, -1)).toEqual([
    { type: 'text-delta', text: 'a' },
    { type: 'reasoning-delta', text: 'b' },
  ])
})

test('streams parallel tool calls, also those without arguments or cut by max_tokens', async () => {
  const call = (toolUseId: string): unknown => ({ toolUse: { toolUseId, name: 'weather' } })
  const piece = (input: string): unknown => ({ toolUse: { input } })
  const events = await stream(
    messageStart,
    ...textBlock(0, 'Let me see'),
    start(1, call('t1')),
    delta(1, piece('')),
    delta(1, piece('{"city":')),
    start(2, call('t2')),
    delta(1, piece('"Rome"}')),
    stop(1),
    stop(2),
    start(3, call('t3')),
    delta(3, piece('{"ci')),
    messageStop('max_tokens'),
    metadata(),
  )
  const name = 'weather'
  expect(events.filter(({ type }) => type.startsWith('tool-call'))).toEqual([
    { type: 'tool-call-delta', index: 0, id: 't1', name, arguments: '' },
    { type: 'tool-call-delta', index: 0, id: 't1', arguments: '{"city":' },
    { type: 'tool-call-delta', index: 1, id: 't2', name, arguments: '' },
    { type: 'tool-call-delta', index: 0, id: 't1', arguments: '"Rome"}' },
    { type: 'tool-call', index: 0, id: 't1', name, arguments: '{"city":"Rome"}' },
    { type: 'tool-call-delta', index: 1, id: 't2', arguments: '{}' },
    { type: 'tool-call', index: 1, id: 't2', name, arguments: '{}' },
    { type: 'tool-call-delta', index: 2, id: 't3', name, arguments: '' },
    { type: 'tool-call-delta', index: 2, id: 't3', arguments: '{"ci' },
    { type: 'tool-call', index: 2, id: 't3', name, arguments: '{"ci' },
  ])
})

const found = { text: 'Found' }
const citation = { title: 'A page', location: { web: { url: 'https://example.com' } } }
const serverTool = { toolUseId: 's1', name: 'nova_grounding', type: 'server_tool_use' }

test('tells of what the service did itself and of what has no part, once, and keeps the text', async () => {
  const { text, content, warnings } = await chat([
    { toolUse: { ...serverTool, input: {} } },
    { toolResult: { toolUseId: 's1', content: [] } },
    { toolResult: { toolUseId: 's2', content: [] } },
    { citationsContent: { content: [found], citations: [citation] } },
    { somethingNewer: { a: 1 } },
  ])
  expect({ text, types: content.map(({ type }) => type) }).toEqual({ text: 'Found', types: ['tool-call', 'text'] })
  expect(warnings.map(({ message }) => /'([A-Za-z_]+)'|citations/.exec(message)?.[0])).toEqual([
    "'nova_grounding'",
    "'toolResult'",
    'citations',
    "'somethingNewer'",
  ])
})

test('so it does in a stream, and what the service did itself is not sent back to it', async () => {
  server.answer(
    streamAnswer([
      messageStart,
      start(0, { toolUse: serverTool }),
      delta(0, { toolUse: { input: '{}' } }),
      stop(0),
      start(1, { toolResult: { toolUseId: 's1', status: 'success' } }),
      delta(1, { toolResult: [{ text: '[HIDDEN]' }] }),
      stop(1),
      delta(2, found),
      delta(2, { citation }),
      stop(2),
      delta(3, { somethingNewer: { a: 1 } }),
      stop(3),
      messageStop(),
      metadata(),
    ]),
  )
  const provider = await connect(server.url)
  const response = await collectStream(provider.stream(request))
  expect([response.text, response.finishReason.unified]).toEqual(['Found', 'stop'])
  expect(response.warnings.map(({ message }) => /'([A-Za-z_]+)'|citations/.exec(message)?.[0])).toEqual([
    "'nova_grounding'",
    "'toolResult'",
    'citations',
    "'somethingNewer'",
  ])
  server.answer(converseAnswer())
  const { warnings } = await provider.chat({
    ...request,
    messages: [...request.messages, { role: 'assistant', content: response.content }, ...request.messages],
  })
  const sent = server.requests.at(-1)?.body as { messages: readonly { content: unknown }[] } | undefined
  expect(sent?.messages[1]?.content).toEqual([found])
  expect(warnings.map(({ parameter }) => parameter)).toContain('messages[1].content[0]')
})

test('tells that fields of the model have no place', async () => {
  const more = { additionalModelResponseFields: { '/stop_sequence': 'END' } }
  expect((await chat(undefined, more)).warnings).toMatchObject([{ type: 'unsupported' }])
  const last = (await stream(messageStart, event('messageStop', { stopReason: 'end_turn', ...more }), metadata())).at(
    -1,
  )
  expect(last).toMatchObject({ warnings: [{ type: 'unsupported' }] })
})

test('pictures that the model makes', async () => {
  const bytes = Buffer.from('picture').toString('base64')
  const { content } = await chat([{ image: { format: 'png', source: { bytes } } }])
  const file = { data: new Uint8Array(Buffer.from('picture')), mediaType: 'image/png' }
  expect(content).toMatchObject([{ type: 'file', file: { mediaType: 'image/png' } }])
  expect(new Uint8Array((content[0] as { file: { data: Uint8Array } }).file.data)).toEqual(file.data)
  const events = await stream(
    messageStart,
    start(0, { image: { format: 'png' } }),
    delta(0, { image: { source: { bytes: Buffer.from('pic').toString('base64') } } }),
    delta(0, { image: { source: { bytes: Buffer.from('ture').toString('base64') } } }),
    stop(0),
    messageStop(),
    metadata(),
  )
  expect(events[0]).toEqual({ type: 'file', file })
})

const signed = { reasoningContent: { reasoningText: { text: 'Hm \ud83e\udd14 "', signature: 'Ep+/w==' } } }
const redacted = { reasoningContent: { redactedContent: 'Er+/w8==' } }

test.each(['chat', 'stream'] as const)('gives reasoning back as it came, to its maker only, after %s', async (how) => {
  const provider = await connect(server.url)
  server.answer(
    how === 'chat'
      ? converseAnswer([signed, redacted, { text: 'Hi' }])
      : streamAnswer([
          messageStart,
          delta(0, { reasoningContent: { text: 'Hm ' } }),
          delta(0, { reasoningContent: { text: '\ud83e\udd14 "' } }),
          delta(0, { reasoningContent: { signature: 'Ep+' } }),
          delta(0, { reasoningContent: { signature: '/w==' } }),
          stop(0),
          delta(1, redacted),
          stop(1),
          ...textBlock(2, 'Hi'),
          messageStop(),
          metadata(),
        ]),
  )
  const { content } = how === 'chat' ? await provider.chat(request) : await collectStream(provider.stream(request))
  expect(content.map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'text'])

  server.answer(converseAnswer())
  const messages = [...request.messages, { role: 'assistant', content }, ...request.messages] as const
  const sent = (): unknown =>
    (server.requests.at(-1)?.body as { messages: readonly { content: unknown }[] } | undefined)?.messages[1]?.content
  await provider.chat({ model: 'anthropic.claude-opus-4-8', messages })
  expect(sent()).toEqual([signed, { reasoningContent: { redactedContent: 'Er+/ww==' } }, { text: 'Hi' }])

  const { warnings } = await provider.chat({ model: 'us.amazon.nova-2-lite-v1:0', messages })
  expect(sent()).toEqual([{ text: 'Hi' }])
  expect(warnings).toHaveLength(2)
  const other = await connect(server.url, { apiKey: 'k', id: 'bedrock-2' })
  expect((await other.chat({ ...request, messages })).warnings).toHaveLength(2)
})

test('reasoning without a signature is shown, and not sent back', async () => {
  const { content } = await chat([{ reasoningContent: { reasoningText: { text: 'Hm' } } }])
  expect(content).toEqual([{ type: 'reasoning', text: 'Hm' }])
  const [first, second] = await stream(
    messageStart,
    delta(0, { reasoningContent: { text: 'Hm' } }),
    stop(0),
    messageStop(),
    metadata(),
  )
  expect([first, second?.type]).toEqual([{ type: 'reasoning-delta', text: 'Hm' }, 'finish'])
})

test('a stream through a fetch of the caller, byte by byte', async () => {
  const answer = streamAnswer([messageStart, ...textBlock(0, 'Hel', 'lo'), messageStop(), metadata()])
  server.answer({ ...answer, pieces: 'bytes' })
  const provider = await connect(server.url, { apiKey: 'k', fetch: (input, init) => fetch(input, init) })
  expect((await collectStream(provider.stream(request))).text).toBe('Hello')
})

test('the first event may be the last to come in one piece with the headers', async () => {
  const { usage } = await collectStream(
    (await connect(server.url, { apiKey: 'k', fetch: async () => whole() })).stream(request),
  )
  expect(usage?.outputTextTokens).toBe(5)
  function whole(): Response {
    const body = Buffer.concat([messageStart, ...textBlock(0, 'Hi'), messageStop(), metadata()])
    return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } })
  }
})
