import { startWireServer, type WireServer } from '@llmfb/conformance'
import { type AssistantPart, collectStream, type Provider, type StreamEvent } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonAnswer, piece, stop, streamAnswer, wholeAnswer } from './answers.ts'
import { collect, connect, failureOf } from './connect.ts'

let server: WireServer
let provider: Provider
beforeAll(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterAll(() => server.close())

const model = 'gemini-3-flash-preview'
const request = { model, messages: [{ role: 'user', content: 'Hello' }] } as const

const bodyOf = (): { contents: { role: string; parts: unknown[] }[] } => server.requests.at(-1)?.body as never

test.each([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
  ['FINISH_REASON_UNSPECIFIED', 'other'],
  ['LANGUAGE', 'other'],
  ['OTHER', 'other'],
  ['MALFORMED_FUNCTION_CALL', 'other'],
  ['UNEXPECTED_TOOL_CALL', 'other'],
  ['TOO_MANY_TOOL_CALLS', 'other'],
  ['NO_IMAGE', 'other'],
  ['IMAGE_OTHER', 'other'],
  ['MALFORMED_RESPONSE', 'other'],
  ['A_WORD_OF_TOMORROW', 'other'],
  ['constructor', 'other'],
])('the end %s is %s', async (raw, unified) => {
  server.answer(wholeAnswer([{ text: 'Hello' }], { finishReason: raw }))
  expect((await provider.chat(request)).finishReason).toEqual({ unified, raw })
})

test('calls end with STOP, and are told apart', async () => {
  server.answer(wholeAnswer([{ functionCall: { name: 'now' } }]))
  expect((await provider.chat(request)).finishReason).toEqual({ unified: 'tool-calls', raw: 'STOP' })
})

test.each(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE'])(
  '%s without content is no answer',
  async (finishReason) => {
    const garbled = piece([], { finishReason, finishMessage: 'Malformed function call: call x' })
    server.answer(jsonAnswer(200, garbled))
    const told = { kind: 'malformed', providerCode: finishReason, status: 200 }
    expect(await failureOf(provider.chat(request))).toMatchObject(told)
    server.answer(streamAnswer([garbled]))
    expect(await failureOf(collect(provider.stream(request)))).toMatchObject(told)
  },
)

test('a filter that cut an answer leaves what there was', async () => {
  server.answer(streamAnswer([piece([{ text: 'Once upon' }]), piece([], { finishReason: 'SAFETY' })]))
  const response = await collectStream(provider.stream(request))
  expect(response).toMatchObject({ text: 'Once upon', finishReason: { unified: 'content-filter', raw: 'SAFETY' } })
})

test('usage is in disjoint buckets', async () => {
  const usageMetadata = {
    promptTokenCount: 100,
    cachedContentTokenCount: 30,
    toolUsePromptTokenCount: 7,
    candidatesTokenCount: 11,
    thoughtsTokenCount: 13,
    totalTokenCount: 131,
  }
  server.answer(jsonAnswer(200, piece([{ text: 'Hello' }], stop, { usageMetadata })))
  expect((await provider.chat(request)).usage).toEqual({
    uncachedInputTokens: 77,
    cacheReadTokens: 30,
    cacheWriteTokens: 0,
    outputTextTokens: 11,
    reasoningTokens: 13,
  })
})

test('the model and the id of the answer are told', async () => {
  server.answer(wholeAnswer())
  expect(await provider.chat(request)).toMatchObject({ model: 'gemini-2.5-flash-001', requestId: 'resp_1' })
  server.answer(jsonAnswer(200, { candidates: [{ content: { parts: [{ text: 'Hi' }] }, ...stop }] }))
  const bare = await provider.chat(request)
  expect(bare).toMatchObject({ model, text: 'Hi' })
  expect(bare).not.toHaveProperty('usage')
  expect(bare).not.toHaveProperty('requestId')
})

test('calls without an id get one that no other call of the conversation has', async () => {
  const calls = [{ functionCall: { name: 'a', args: { x: 1 } } }, { functionCall: { name: 'b', id: 'own' } }]
  const history = { type: 'tool-call', id: 'call_1', name: 'a', arguments: '{}' } as const
  const messages = [
    ...request.messages,
    { role: 'assistant', content: [history] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_1', content: '1' }] },
  ] as const
  server.answer(wholeAnswer(calls))
  const whole = await provider.chat({ ...request, messages })
  server.answer(streamAnswer([piece([calls[0] ?? {}]), piece([calls[1] ?? {}], stop)]))
  const streamed = await collectStream(provider.stream({ ...request, messages }))
  const expected = [
    { type: 'tool-call', id: 'call_2', name: 'a', arguments: '{"x":1}' },
    { type: 'tool-call', id: 'own', name: 'b', arguments: '{}' },
  ]
  expect(whole.content).toEqual(expected)
  expect(streamed.content).toEqual(expected)
})

/** What the model said, and how a stream cuts it. Each of the parts has to go back as it came. */
const said = [
  { text: 'I think', thought: true },
  { text: 'The sky ' },
  { text: 'is blue.', thoughtSignature: 'c2lnLTE=' },
  { inlineData: { mimeType: 'image/png', data: 'AQID' }, thoughtSignature: 'c2lnLTQ=' },
  { text: 'And so:' },
  { inlineData: { mimeType: 'image/png', data: 'BAUG' }, thoughtSignature: 'c2lnLTU=' },
  { inlineData: { mimeType: 'image/png', data: 'BwgJ' } },
  { functionCall: { id: '1', name: 'a', args: { x: 1 } }, thoughtSignature: 'c2lnLTI=' },
  { functionCall: { id: '2', name: 'b', args: {} } },
  { text: '', thoughtSignature: 'c2lnLTM=' },
]

test.each(['chat', 'stream'] as const)('%s: signatures go back with the parts they came with', async (way) => {
  const pieces = said.map((part, at) => piece([part], at === said.length - 1 ? stop : {}))
  server.answer(way === 'chat' ? wholeAnswer(said) : streamAnswer(pieces))
  const { content } = way === 'chat' ? await provider.chat(request) : await collectStream(provider.stream(request))
  const messages = [...request.messages, { role: 'assistant', content }, ...request.messages] as const
  server.answer(wholeAnswer())
  const { warnings } = await provider.chat({ ...request, messages })
  expect(warnings).toEqual([])
  expect(bodyOf().contents[1]).toEqual({ role: 'model', parts: said })

  const other = await connect(server.url, { id: 'another' })
  const left = await other.chat({ ...request, messages })
  expect(JSON.stringify(bodyOf())).not.toMatch(/c2ln|I think/)
  expect(left.warnings.length).toBeGreaterThan(0)
})

test('the text of several pieces is one part, closed by its signature', async () => {
  server.answer(
    streamAnswer([
      piece([{ text: 'a' }]),
      piece([{ text: 'b', thoughtSignature: 'cw==' }]),
      piece([{ text: 'c' }], stop),
    ]),
  )
  const { content } = await collectStream(provider.stream(request))
  const opaque = { issuer: 'google', data: { signature: 'cw==', length: 1 } }
  expect(content).toEqual([
    { type: 'text', text: 'ab', opaque },
    { type: 'text', text: 'c' },
  ])
})

test('pictures of the model are files', async () => {
  const part = { inlineData: { mimeType: 'image/png', data: 'iVBORw==' } }
  const expected: AssistantPart = { type: 'file', file: { data: 'iVBORw==', mediaType: 'image/png' } }
  server.answer(wholeAnswer([part]))
  expect((await provider.chat(request)).content).toEqual([expected])
  server.answer(streamAnswer([piece([part], stop)]))
  expect((await collect(provider.stream(request)))[0]).toEqual(expected)
})

test('what has no part here is left out with a warning', async () => {
  const parts = [
    { executableCode: { language: 'PYTHON', code: '1' }, thoughtSignature: 'cw==' },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
    { text: 'One' },
  ]
  const groundingMetadata = { groundingChunks: [{ web: { uri: 'https://example.org' } }] }
  const first = { content: { parts }, index: 0, groundingMetadata, ...stop }
  server.answer(jsonAnswer(200, { candidates: [first, { content: { parts: [{ text: 'Two' }] }, index: 1, ...stop }] }))
  const { text, warnings } = await provider.chat(request)
  expect(text).toBe('One')
  const told = warnings.map(({ message }) => message).join('\n')
  for (const word of ['executableCode', 'codeExecutionResult', 'candidate', 'sources']) expect(told).toContain(word)
})

test('usage is told as the stream goes on', async () => {
  server.answer(streamAnswer([piece([{ text: 'a' }]), piece([{ text: 'b' }], stop)]))
  const events = await collect(provider.stream(request))
  expect(events.map(({ type }) => type)).toEqual(['text-delta', 'usage', 'text-delta', 'finish'])
  expect((events.at(-1) as Extract<StreamEvent, { type: 'finish' }>).usage?.outputTextTokens).toBe(5)
})

test('a gateway that does not stream is read as a stream would be', async () => {
  server.answer(streamAnswer(said.map((part, at) => piece([part], at === said.length - 1 ? stop : {}))))
  const streamed = await collectStream(provider.stream(request))
  server.answer(wholeAnswer(said))
  expect(await collectStream(provider.stream(request))).toEqual(streamed)
})
