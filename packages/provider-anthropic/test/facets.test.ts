import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Provider } from '@llmfb/core/provider'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorAnswer, jsonAnswer } from './answers.ts'
import { connect } from './connect.ts'

let server: WireServer
let provider: Provider
beforeEach(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterEach(() => server.close())

const request = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello' }], maxTokens: 5 } as const

test('lists models page by page, once', async () => {
  server.answer(({ path }) =>
    path.includes('after_id=a')
      ? jsonAnswer(200, { data: [{ id: 'b', max_input_tokens: 10, max_tokens: 5 }], has_more: false })
      : jsonAnswer(200, { data: [{ id: 'a', max_input_tokens: null, max_tokens: null }], has_more: true }),
  )
  const models = [{ id: 'a' }, { id: 'b', contextWindow: 10, maxOutputTokens: 5 }]
  expect(await provider.models?.list()).toEqual(models)
  expect(await provider.models?.list()).toEqual(models)
  expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models?limit=1000', '/v1/models?limit=1000&after_id=a'])
  await provider.models?.list({ refresh: true })
  expect(server.requests).toHaveLength(4)
})

test('counts tokens, and sends nothing that the service does not count', async () => {
  server.answer(jsonAnswer(200, { input_tokens: 1114 }))
  expect(await provider.tokens?.count(request)).toEqual({ tokens: 1114, method: 'exact' })
  const { path, body } = server.requests[0] ?? {}
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }]
  expect({ path, body }).toEqual({ path: '/v1/messages/count_tokens', body: { model: request.model, messages } })
})

test('probes without cost', async () => {
  server.answer(jsonAnswer(200, { data: [] }))
  expect(provider.health?.cost).toBe('free')
  await provider.health?.probe()
  server.answer(errorAnswer(529, { type: 'overloaded_error' }))
  await expect(provider.health?.probe()).rejects.toMatchObject({ kind: 'overloaded', status: 529 })
})

test.each([
  ['models', 'not a list', () => provider.models?.list(), { models: [] }],
  ['tokens', 'not a count', () => provider.tokens?.count(request), null],
])('%s: a 200 that is %s is malformed', async (_facet, _what, call, body) => {
  server.answer(jsonAnswer(200, body))
  await expect(call()).rejects.toMatchObject({ kind: 'malformed' })
})

test.each([
  ['models', (signal: AbortSignal) => provider.models?.list({ signal })],
  ['tokens', (signal: AbortSignal) => provider.tokens?.count(request, { signal })],
  ['health', (signal: AbortSignal) => provider.health?.probe({ signal })],
])('%s ends with its signal', async (_facet, call) => {
  const reason = new Error('the caller left')
  await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})
