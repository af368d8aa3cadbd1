import { startWireServer, type WireServer } from '@llmfb/conformance'
import { collectStream, type FailureKind } from '@llmfb/core/provider'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] } as const

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

it('reads a stream with stages and a usage that nobody asked for', async () => {
  const chunk = (delta: object, finish: string | null = null, rest: object = {}): object => {
    return { id: 'c', choices: [{ index: 0, delta, finish_reason: finish }], usage: null, ...rest }
  }
  const stage = { custom_content: { stages: [{ index: 0, name: 'Searching', status: 'completed' }] } }
  const events = [
    chunk({ role: 'assistant' }),
    chunk(stage),
    chunk({ content: 'Hello.' }),
    chunk({}, 'stop', { usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } }),
  ]
  server.answer({
    headers: { 'content-type': 'text/event-stream' },
    body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
    pieces: 'bytes',
  })
  expect(await collectStream((await connect({ baseURL: server.url })).stream(request))).toMatchObject({
    text: 'Hello.',
    finishReason: { unified: 'stop' },
    usage: { uncachedInputTokens: 9, outputTextTokens: 3 },
  })
})

const error = (message: string, code: string, type = 'runtime_error'): string =>
  JSON.stringify({ error: { message, code, type, display_message: 'Sorry.' } })
const limit =
  'Hit token rate limit. Minute limit: 0 / 120000 tokens. Day limit: 2019695 / 2000000 tokens. Week limit: 0 / 1 tokens.'

const failures: readonly (readonly [FailureKind, number, string])[] = [
  ['invalid-request', 400, 'Either API-KEY or Authorization header must be provided but not both'],
  ['invalid-request', 400, error('Extra inputs are not permitted', '400', 'invalid_request_error')],
  ['context-length', 400, error('The prompt is too long', 'truncate_prompt_error', 'invalid_request_error')],
  ['content-filter', 400, error('Filtered', 'content_filter', 'invalid_request_error')],
  ['authentication', 401, 'Unknown api key'],
  ['permission', 403, error('Forbidden deployment: gpt-4o', '403')],
  ['model-not-found', 404, 'Deployment not found'],
  ['rate-limit', 429, error(limit, '429')],
  ['server', 500, error('Internal', '500')],
  ['server', 502, 'Failed to connect to origin'],
  ['overloaded', 503, 'No route'],
  ['timeout', 504, 'Deployment did not answer in time'],
]

test.each(failures)('%s: %i %s', async (kind, status, body) => {
  const type = body.startsWith('{') ? 'application/json' : 'text/plain'
  server.answer({ status, headers: { 'content-type': type, 'retry-after': '60' }, body })
  const provider = await connect({ baseURL: server.url })
  const expected = { kind, status, retryAfterMs: 60_000 }
  await expect(provider.chat(request)).rejects.toMatchObject(expected)
  await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
  expect(server.requests).toHaveLength(2)
})
