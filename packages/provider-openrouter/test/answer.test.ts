import { startWireServer, type WireServer } from '@llmfb/conformance'
import { collectStream, type FailureKind } from '@llmfb/core/provider'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const request = { model: 'openai/gpt-5.1', messages: [{ role: 'user', content: 'Hi' }] } as const
const json = { 'content-type': 'application/json', 'x-generation-id': 'gen-1', 'cf-ray': '9a-FRA' }
const sse = { ...json, 'content-type': 'text/event-stream' }

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const usage = {
  prompt_tokens: 100,
  completion_tokens: 80,
  total_tokens: 180,
  cost: 0.002_167_75,
  is_byok: false,
  prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 },
  cost_details: { upstream_inference_cost: null },
  completion_tokens_details: { reasoning_tokens: 64 },
}
const told = {
  text: 'Four.',
  content: [
    { type: 'reasoning', text: 'Two and two.' },
    { type: 'text', text: 'Four.' },
  ],
  requestId: 'gen-1',
  usage: {
    uncachedInputTokens: 50,
    cacheReadTokens: 30,
    cacheWriteTokens: 20,
    outputTextTokens: 16,
    reasoningTokens: 64,
    costUsd: 0.002_167_75,
  },
}

it('reads reasoning, usage and cost of an answer that blank lines come before', async () => {
  const message = {
    role: 'assistant',
    content: 'Four.',
    reasoning: 'Two and two.',
    reasoning_details: [
      { type: 'reasoning.summary', summary: 'Two and two.', format: 'openai-responses-v1', index: 0 },
    ],
  }
  const body = {
    id: 'gen-1',
    model: 'openai/gpt-5.1',
    provider: 'OpenAI',
    choices: [{ message, finish_reason: 'stop' }],
    usage,
  }
  server.answer({ headers: json, body: `\n         \n\n         \n${JSON.stringify(body)}` })
  expect(await (await connect({ baseURL: server.url })).chat(request)).toMatchObject(told)
})

it('reads them of a stream between comments', async () => {
  const chunk = (delta: object, finish: string | null = null): object => {
    return { id: 'gen-1', provider: 'OpenAI', choices: [{ index: 0, delta, finish_reason: finish }] }
  }
  const events = [chunk({ reasoning: 'Two and two.' }), chunk({ content: 'Four.' }), { ...chunk({}, 'stop'), usage }]
  const lines = events.map((event) => `: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify(event)}\n\n`)
  server.answer({ headers: sse, body: `${lines.join('')}data: [DONE]\n\n`, pieces: 'bytes' })
  expect(await collectStream((await connect({ baseURL: server.url })).stream(request))).toMatchObject(told)
})

describe('pictures of an answer', () => {
  const image = (url: unknown): object => ({ type: 'image_url', image_url: { url } })
  const images = [image('data:image/png;base64,AQID'), image('https://a.example/b.png')]
  const files = [
    { type: 'file', file: { mediaType: 'image/png', data: 'AQID' } },
    { type: 'file', file: { url: 'https://a.example/b.png' } },
  ]

  it('are files, behind the text', async () => {
    const message = { content: 'See.', images }
    server.answer({ headers: json, body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) })
    const { content } = await (await connect({ baseURL: server.url })).chat(request)
    expect(content).toEqual([{ type: 'text', text: 'See.' }, ...files])
  })

  it('are files of a stream as well', async () => {
    const deltas = [{ content: 'See.' }, { images: images.slice(0, 1) }, { images: images.slice(1) }]
    const chunks = [
      ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ]
    const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
    server.answer({ headers: sse, body: `${body}data: [DONE]\n\n`, pieces: 'bytes' })
    const { content } = await collectStream((await connect({ baseURL: server.url })).stream(request))
    expect(content).toEqual([{ type: 'text', text: 'See.' }, ...files])
  })

  test.each([null, 'x', {}, [null], [{}], [{ image_url: null }], [image(''), image(7)]])(
    'that are none are none: %j',
    async (none) => {
      const message = { content: 'See.', images: none }
      server.answer({ headers: json, body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) })
      const { content } = await (await connect({ baseURL: server.url })).chat(request)
      expect(content).toEqual([{ type: 'text', text: 'See.' }])
    },
  )
})

const raw = (code: string): object => ({
  provider_name: 'OpenAI',
  raw: JSON.stringify({ error: { message: 'no', code } }),
})

const failures: readonly (readonly [FailureKind, number, string, object?])[] = [
  ['invalid-request', 400, 'Invalid messages.'],
  ['model-not-found', 400, 'acme/none is not a valid model ID'],
  [
    'context-length',
    400,
    "This endpoint's maximum context length is 8192 tokens. However, you requested about 9000 tokens.",
  ],
  ['context-length', 400, 'Provider returned error', raw('context_length_exceeded')],
  ['content-filter', 400, 'Provider returned error', raw('content_filter')],
  ['invalid-request', 400, 'Provider returned error', { provider_name: 'X', raw: 'not JSON' }],
  ['invalid-request', 400, 'Provider returned error', { provider_name: 'X', raw: 'null' }],
  ['authentication', 401, 'No auth credentials found'],
  ['quota', 402, 'Insufficient credits'],
  ['quota', 403, 'Key limit exceeded (total limit).'],
  ['permission', 403, 'This model is not available in your region.'],
  ['content-filter', 403, 'Input flagged', { reasons: ['violence'], flagged_input: '…', provider_name: 'OpenAI' }],
  ['model-not-found', 404, 'No endpoints found for acme/none.'],
  ['timeout', 408, 'Your request timed out'],
  [
    'rate-limit',
    429,
    'Provider returned error',
    { provider_name: 'X', raw: 'acme/x is temporarily rate-limited upstream.' },
  ],
  ['server', 502, 'Provider returned error'],
  ['overloaded', 503, 'No provider meets your routing requirements'],
]

for (const [kind, status, message, metadata] of failures) {
  test(`${kind}: ${status} ${message}, as a status, within a 200 and within a stream`, async () => {
    const error = { code: status, message, ...(metadata && { metadata }) }
    const provider = await connect({ baseURL: server.url })
    const expected = { kind, status, requestId: 'gen-1', message: expect.stringContaining(message) }
    const body = JSON.stringify({ error, user_id: 'user_1' })

    server.answer({ status, headers: json, body })
    await expect(provider.chat(request)).rejects.toMatchObject(expected)
    await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)

    server.answer({ headers: json, body })
    await expect(provider.chat(request)).rejects.toMatchObject(expected)
    server.answer({
      headers: json,
      body: JSON.stringify({ id: 'gen-1', choices: [{ error, message: { content: '' } }] }),
    })
    await expect(provider.chat(request)).rejects.toMatchObject(expected)

    const delta = { id: 'gen-1', choices: [{ index: 0, delta: { content: 'Well' }, finish_reason: null }] }
    const ending = { id: 'gen-1', error, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] }
    const events = [delta, ending].map((event) => `data: ${JSON.stringify(event)}\n\n`)
    server.answer({ headers: sse, body: `: OPENROUTER PROCESSING\n\n${events.join('')}data: [DONE]\n\n` })
    await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
    expect(server.requests).toHaveLength(5)
  })
}

it('keeps how long to wait', async () => {
  server.answer({
    status: 429,
    headers: { ...json, 'retry-after': '7' },
    body: JSON.stringify({ error: { code: 429, message: 'Rate limit exceeded' } }),
  })
  const provider = await connect({ baseURL: server.url })
  await expect(provider.chat(request)).rejects.toMatchObject({ kind: 'rate-limit', retryAfterMs: 7000 })
})

it('tells where it stands with its rate limits', async () => {
  server.answer({
    headers: {
      ...json,
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '49',
      'x-ratelimit-reset': String(Date.UTC(2026, 10, 21) + 60_000),
    },
    body: JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }),
  })
  const { rateLimits } = await (await connect({ baseURL: server.url })).chat(request)
  expect(rateLimits).toMatchObject([{ counts: 'requests', limit: 50, remaining: 49 }])
})
