import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import { collectStream, type FailureKind } from '@llmfb/core/provider'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] } as const

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const failure = (status: number, error: object, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'apim-request-id': 'req-1', 'x-ms-region': 'East US 2', ...headers },
  body: JSON.stringify({ error }),
})

const filtered = {
  message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
  type: null,
  param: 'prompt',
  code: 'content_filter',
  status: 400,
  innererror: {
    code: 'ResponsibleAIPolicyViolation',
    content_filter_result: {
      hate: { filtered: false, severity: 'safe' },
      jailbreak: { filtered: true, detected: true },
    },
  },
}

const failures: readonly (readonly [FailureKind, string | undefined, WireAnswer])[] = [
  ['content-filter', 'content_filter', failure(400, filtered)],
  ['content-filter', 'BadRequest', failure(400, { ...filtered, code: 'BadRequest' })],
  [
    'invalid-request',
    'unsupported_parameter',
    failure(400, { message: 'no', code: 'unsupported_parameter', innererror: null }),
  ],
  ['context-length', 'context_length_exceeded', failure(400, { message: 'long', code: 'context_length_exceeded' })],
  ['model-not-found', 'OperationNotSupported', failure(400, { message: 'no chat', code: 'OperationNotSupported' })],
  ['model-not-found', 'DeploymentNotFound', failure(404, { message: 'no such', code: 'DeploymentNotFound' })],
  ['authentication', undefined, failure(401, { message: 'wrong key', code: '401' })],
  ['permission', 'PermissionDenied', failure(401, { message: 'no role', code: 'PermissionDenied' })],
  ['permission', 'AccessDenied', failure(403, { message: 'private network', code: 'AccessDenied' })],
  ['quota', 'insufficient_quota', failure(429, { message: 'paid up', code: 'insufficient_quota' })],
  ['rate-limit', undefined, failure(429, { message: 'slow', code: '429' })],
  ['rate-limit', 'RateLimitReached', failure(429, { message: 'slow', code: 'RateLimitReached' })],
  ['timeout', 'Timeout', failure(408, { message: 'late', code: 'Timeout' })],
  ['server', 'InternalServerError', failure(500, { message: 'oh', code: 'InternalServerError' })],
  ['overloaded', 'ServiceUnavailable', failure(503, { message: 'oh', code: 'ServiceUnavailable' })],
]

test.each(failures)('%s: %s', async (kind, providerCode, answer) => {
  server.answer(answer)
  for (const api of ['chat-completions', 'responses', 'deployments'] as const) {
    const provider = await connect({ baseURL: server.url, api })
    const expected = { kind, status: answer.status, requestId: 'req-1', ...(providerCode && { providerCode }) }
    await expect(provider.chat(request)).rejects.toMatchObject(expected)
    await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
  }
  expect(server.requests).toHaveLength(6)
})

it('keeps how long to wait, and the region', async () => {
  server.answer(failure(429, { message: 'slow', code: '429' }, { 'retry-after-ms': '1500', 'retry-after': '2' }))
  await expect((await connect({ baseURL: server.url })).chat(request)).rejects.toMatchObject({
    retryAfterMs: 1500,
    headers: { 'x-ms-region': 'East US 2', 'retry-after': '2' },
  })
})

it('tells where it stands with its rate limits, whose resets come in two units', async () => {
  server.answer({
    headers: {
      'content-type': 'application/json',
      'x-ratelimit-limit-requests': '120',
      'x-ratelimit-limit-tokens': '120000',
      'x-ratelimit-remaining-requests': '119',
      'x-ratelimit-remaining-tokens': '119986',
      'x-ratelimit-renewalperiod-requests': '60',
      'x-ratelimit-renewalperiod-tokens': '60',
      'x-ratelimit-reset-requests': '500',
      'x-ratelimit-reset-tokens': '7',
    },
    body: JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }),
  })
  const { rateLimits } = await (await connect({ baseURL: server.url })).chat(request)
  expect(rateLimits).toMatchObject([
    { counts: 'tokens', limit: 120_000, remaining: 119_986 },
    { counts: 'requests', limit: 120, remaining: 119, resetsInMs: 500 },
  ])
})

it('an answer that the filter ended says so, streamed or not', async () => {
  const provider = await connect({ baseURL: server.url })
  const choice = { index: 0, finish_reason: 'content_filter', content_filter_results: { hate: { filtered: true } } }
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ choices: [{ ...choice, message: { role: 'assistant', content: 'Well' } }] }),
  })
  const expected = { text: 'Well', finishReason: { unified: 'content-filter', raw: 'content_filter' } }
  expect(await provider.chat(request)).toMatchObject(expected)
  const events = [
    { choices: [], id: '', model: '', prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
    { id: 'c', choices: [{ index: 0, delta: { content: 'Well' }, finish_reason: null }] },
    { id: 'c', choices: [{ ...choice, delta: {} }] },
  ]
  server.answer({
    headers: { 'content-type': 'text/event-stream' },
    body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
    pieces: 'bytes',
  })
  expect(await collectStream(provider.stream(request))).toMatchObject(expected)
})
