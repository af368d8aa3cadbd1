import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import { collectStream, type FailureKind } from '@llmfb/core/provider'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const request = { model: 'grok-4.3', messages: [{ role: 'user', content: 'Hi' }] } as const

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

/** As xAI answered: reasoning is counted beside the completion, and the call has its price. */
const usage = {
  prompt_tokens: 497,
  completion_tokens: 32,
  total_tokens: 587,
  prompt_tokens_details: { text_tokens: 497, audio_tokens: 0, image_tokens: 0, cached_tokens: 320 },
  completion_tokens_details: { reasoning_tokens: 58, audio_tokens: 0 },
  num_sources_used: 0,
  cost_in_usd_ticks: 5_102_500,
}
const told = {
  text: 'Four.',
  content: [
    { type: 'reasoning', text: 'Two and two.' },
    { type: 'text', text: 'Four.' },
  ],
  usage: {
    uncachedInputTokens: 177,
    cacheReadTokens: 320,
    cacheWriteTokens: 0,
    outputTextTokens: 32,
    reasoningTokens: 58,
    costUsd: 0.000_510_25,
  },
  rateLimits: [
    { counts: 'tokens', limit: 10_000_000, remaining: 9_999_500 },
    { counts: 'requests', limit: 1800, remaining: 1799 },
  ],
}
const limits = {
  'x-ratelimit-limit-tokens': '10000000',
  'x-ratelimit-remaining-tokens': '9999500',
  'x-ratelimit-limit-requests': '1800',
  'x-ratelimit-remaining-requests': '1799',
}

it('reads reasoning, usage, cost and limits of an answer', async () => {
  const message = { role: 'assistant', content: 'Four.', reasoning_content: 'Two and two.', refusal: null }
  server.answer({
    headers: { 'content-type': 'application/json', ...limits },
    body: JSON.stringify({
      id: 'c',
      model: 'grok-4.3',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage,
    }),
  })
  expect(await (await connect({ baseURL: server.url, api: 'chat-completions' })).chat(request)).toMatchObject(told)
})

it('reads them of a stream', async () => {
  const chunk = (delta: object, finish: string | null = null): object => {
    return { id: 'c', model: 'grok-4.3', choices: [{ index: 0, delta, finish_reason: finish }] }
  }
  const events = [
    chunk({ role: 'assistant', reasoning_content: 'Two ' }),
    chunk({ reasoning_content: 'and two.' }),
    chunk({ content: 'Four.' }),
    chunk({}, 'stop'),
    { id: 'c', model: 'grok-4.3', choices: [], usage },
  ]
  server.answer({
    headers: { 'content-type': 'text/event-stream', ...limits },
    body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
    pieces: 'bytes',
  })
  expect(
    await collectStream((await connect({ baseURL: server.url, api: 'chat-completions' })).stream(request)),
  ).toMatchObject(told)
})

const argument = 'Client specified an invalid argument'
const permission = 'The caller does not have permission to execute the specified operation'
const exhausted = 'Some resource has been exhausted'
const spent =
  'Your team 16f2151a has either used all available credits or reached its monthly spending limit. To continue making ' +
  'API requests, please purchase more credits or raise your spending limit.'

const failures: readonly (readonly [FailureKind, number, string, string])[] = [
  [
    'authentication',
    400,
    argument,
    'Incorrect API key provided: ba***na. You can obtain an API key from https://console.x.ai.',
  ],
  ['authentication', 400, argument, 'Incorrect%20API%20key%20provided:%20ba***na.%20You%20can%20obtain%20one.'],
  ['invalid-request', 400, 'invalid-argument', 'Model grok-build-0.1 does not support parameter reasoningEffort.'],
  [
    'context-length',
    400,
    argument,
    "This model's maximum prompt length is 131072 but the request contains 186498 tokens.",
  ],
  ['permission', 403, permission, 'API key is currently blocked.'],
  ['quota', 403, 'permission-denied', spent],
  ['quota', 429, exhausted, spent],
  ['quota', 403, permission, "Your newly created team doesn't have any credits yet."],
  ['content-filter', 403, permission, 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO'],
  ['model-not-found', 404, 'Some requested entity was not found', 'The model grok-9 does not exist.'],
  ['rate-limit', 429, exhausted, 'Too many requests for team.'],
  ['invalid-request', 422, 'Failed to deserialize the JSON body into the target type', 'messages: missing field'],
  ['server', 500, 'The service encountered an internal error', 'Internal error.'],
  ['overloaded', 503, 'The service is currently unavailable', 'The model is at capacity.'],
]

test.each(failures)('%s: %i %s', async (kind, status, code, error) => {
  const answer: WireAnswer = {
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': 'req-1' },
    body: JSON.stringify({ code, error }),
  }
  server.answer(answer)
  const expected = { kind, status, providerCode: code, requestId: 'req-1' }
  for (const api of ['chat-completions', 'responses'] as const) {
    const provider = await connect({ baseURL: server.url, api })
    await expect(provider.chat(request)).rejects.toMatchObject(expected)
    await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
  }
  expect(server.requests).toHaveLength(4)
})

it('an error within a 200 is no answer', async () => {
  const provider = await connect({ baseURL: server.url, api: 'chat-completions' })
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'internal_error', error: 'Internal error.' }),
  })
  await expect(provider.chat(request)).rejects.toMatchObject({ kind: 'server', providerCode: 'internal_error' })
})
