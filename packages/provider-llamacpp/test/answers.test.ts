import { startWireServer, type WirePieces, type WireServer } from '@llmfb/conformance'
import { collectStream, type FailureKind } from '@llmfb/core/provider'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const request = { model: 'local', messages: [{ role: 'user', content: 'Hi' }] } as const

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

/** As llama-server answers: with its timings, and the tokens of the prompt that were in the cache. */
const usage = {
  completion_tokens: 48,
  prompt_tokens: 44,
  total_tokens: 92,
  prompt_tokens_details: { cached_tokens: 40 },
}
const timings = { cache_n: 40, prompt_n: 4, prompt_ms: 30.958, predicted_n: 48, predicted_per_second: 52.94 }
const told = {
  text: 'Four.',
  content: [
    { type: 'reasoning', text: 'Two and two.' },
    { type: 'text', text: 'Four.' },
    { type: 'tool-call', id: 'Xy7', name: 'add', arguments: '{"a":2,"b":2}' },
  ],
  finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
  usage: {
    uncachedInputTokens: 4,
    cacheReadTokens: 40,
    cacheWriteTokens: 0,
    outputTextTokens: 48,
    reasoningTokens: 0,
  },
  model: 'gemma-3-4b-it-Q4_K_M.gguf',
  provider: 'llamacpp',
  requestId: 'chatcmpl-1',
  warnings: [],
}
const common = { id: 'chatcmpl-1', model: told.model, created: 1_757_141_666, system_fingerprint: 'b6400-c4e9239' }

it('reads reasoning, tools and usage of an answer', async () => {
  const message = {
    role: 'assistant',
    reasoning_content: 'Two and two.',
    content: 'Four.',
    tool_calls: [{ type: 'function', function: { name: 'add', arguments: '{"a":2,"b":2}' }, id: 'Xy7' }],
  }
  server.answer({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ ...common, choices: [{ finish_reason: 'tool_calls', index: 0, message }], usage, timings }),
  })
  expect(await (await connect({ baseURL: server.url })).chat(request)).toEqual(told)
})

const chunk = (delta: object, finish: string | null = null): object => ({
  ...common,
  object: 'chat.completion.chunk',
  choices: [{ finish_reason: finish, index: 0, delta }],
})
const call = (rest: object): object => ({ tool_calls: [{ index: 0, ...rest }] })
const events = [
  chunk({ role: 'assistant', content: null }),
  chunk({ reasoning_content: 'Two ' }),
  chunk({ reasoning_content: 'and two.' }),
  chunk({ content: 'Four.' }),
  chunk(call({ id: 'Xy7', type: 'function', function: { name: 'add', arguments: '{"a"' } })),
  chunk(call({ function: { arguments: ':2,"b":2}' } })),
  chunk({}, 'tool_calls'),
  { ...common, object: 'chat.completion.chunk', choices: [], usage, timings },
]
const body = `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`

test.each(['whole', 'bytes', { seed: 1 }, { seed: 2 }] satisfies WirePieces[])(
  'reads them of a stream, %j',
  async (pieces) => {
    server.answer({ headers: { 'content-type': 'text/event-stream' }, body, pieces })
    expect(await collectStream((await connect({ baseURL: server.url })).stream(request))).toEqual(told)
  },
)

it('takes no stream for an answer that is cut, wherever it is', async () => {
  const provider = await connect({ baseURL: server.url })
  for (let cutAt = 1; cutAt < body.length - 4; cutAt += 61) {
    server.answer({ headers: { 'content-type': 'text/event-stream' }, body, cutAt })
    await expect(collectStream(provider.stream(request)), String(cutAt)).rejects.toMatchObject({ kind: 'truncated' })
  }
})

/** Bodies as llama-server's `format_error_response` makes them. */
const failures: readonly (readonly [FailureKind, number, string, string])[] = [
  ['warming', 503, 'unavailable_error', 'Loading model'],
  ['authentication', 401, 'authentication_error', 'Invalid API Key'],
  ['permission', 403, 'permission_error', 'Forbidden'],
  ['invalid-request', 400, 'invalid_request_error', 'Failed to parse grammar'],
  ['context-length', 400, 'exceed_context_size_error', 'the request exceeds the available context size'],
  ['model-not-found', 404, 'not_found_error', 'File Not Found'],
  ['model-not-found', 501, 'not_supported_error', 'This server does not support chat completions'],
  ['server', 500, 'server_error', 'tools param requires --jinja flag'],
]

test.each(failures)('%s: %i %s', async (kind, status, type, message) => {
  const error = { code: status, message, type, n_prompt_tokens: 9000, n_ctx: 4096 }
  server.answer({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) })
  const provider = await connect({ baseURL: server.url })
  const expected = { kind, status, providerCode: type, message: expect.stringContaining(message) }
  await expect(provider.chat(request)).rejects.toMatchObject(expected)
  await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
  expect(server.requests).toHaveLength(2)
})

it('an error within a stream ends it', async () => {
  const error = { code: 500, message: 'context shift is disabled', type: 'server_error' }
  server.answer({
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify(events[3])}\n\ndata: ${JSON.stringify({ error })}\n\n`,
  })
  const provider = await connect({ baseURL: server.url })
  await expect(collectStream(provider.stream(request))).rejects.toMatchObject({ kind: 'server' })
})
