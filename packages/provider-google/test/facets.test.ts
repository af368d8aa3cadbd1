import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Provider } from '@llmfb/core/provider'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorAnswer, jsonAnswer } from './answers.ts'
import { description } from './description.ts'
import { connect } from './connect.ts'

let server: WireServer
let provider: Provider
beforeEach(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterEach(() => server.close())

const request = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'Hello' }], maxTokens: 5 } as const

test('lists models page by page, once', async () => {
  server.answer(({ path }) =>
    path.includes('pageToken=t1')
      ? jsonAnswer(200, { models: [{ name: 'models/b', inputTokenLimit: 10, outputTokenLimit: 5 }] })
      : jsonAnswer(200, { models: [{ name: 'models/a' }], nextPageToken: 't1' }),
  )
  const models = [{ id: 'a' }, { id: 'b', contextWindow: 10, maxOutputTokens: 5 }]
  expect(await provider.models?.list()).toEqual(models)
  expect(await provider.models?.list()).toEqual(models)
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/v1beta/models?pageSize=1000',
    '/v1beta/models?pageSize=1000&pageToken=t1',
  ])
  await provider.models?.list({ refresh: true })
  expect(server.requests).toHaveLength(4)
})

test('counts all that a request has', async () => {
  server.answer(jsonAnswer(200, { totalTokens: 1114 }))
  const tools = [{ name: 'now', parameters: { type: 'object' } }] as const
  const messages = [{ role: 'system', content: 'Be brief.' }, ...request.messages] as const
  expect(await provider.tokens?.count({ ...request, messages, tools })).toEqual({ tokens: 1114, method: 'exact' })
  expect(server.requests.map(({ path }) => path)).toEqual(['/v1beta/models/gemini-2.5-flash:countTokens'])
  expect(server.requests[0]?.body).toEqual({
    generateContentRequest: {
      model: 'models/gemini-2.5-flash',
      contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ functionDeclarations: [{ name: 'now', parametersJsonSchema: { type: 'object' } }] }],
      generationConfig: { maxOutputTokens: 5 },
    },
  })
})

test('probes without cost', async () => {
  server.answer(jsonAnswer(200, { models: [] }))
  expect(provider.health?.cost).toBe('free')
  await provider.health?.probe()
  expect(server.requests.at(-1)?.path).toBe('/v1beta/models?pageSize=1')
  server.answer(errorAnswer(503, 'UNAVAILABLE'))
  await expect(provider.health?.probe()).rejects.toMatchObject({ kind: 'overloaded', status: 503 })
})

test.each(['gemini-embedding-001', 'gemini-embedding-2'])(
  '%s: one vector a text, a hundred at a time',
  async (model) => {
    server.answer(({ body }) => {
      const { requests } = body as { requests: { content: { parts: { text: string }[] } }[] }
      const embeddings = requests.map(({ content }) => ({ values: [Number(content.parts[0]?.text)] }))
      return jsonAnswer(200, { embeddings, usageMetadata: { promptTokenCount: requests.length } })
    })
    const inputs = Array.from({ length: 201 }, (_, index) => String(index))
    const response = await provider.embeddings?.embed({ model, inputs, dimensions: 1 })
    expect(response?.embeddings).toEqual(inputs.map((text) => [Number(text)]))
    expect(response?.usage?.uncachedInputTokens).toBe(201)
    expect(server.requests.map(({ path }) => path)).toEqual(Array(3).fill(`/v1beta/models/${model}:batchEmbedContents`))
    const first = server.requests[0]?.body as { requests: unknown[] } | undefined
    expect(first?.requests).toHaveLength(100)
    expect(first?.requests[7]).toMatchObject({
      model: `models/${model}`,
      content: { parts: [{ text: '7' }] },
      outputDimensionality: 1,
    })
  },
)

test.each([
  ['models', 'not a list', () => provider.models?.list(), { data: [] }],
  ['tokens', 'not a count', () => provider.tokens?.count(request), {}],
  ['embeddings', 'not vectors', () => provider.embeddings?.embed({ model: 'm', inputs: ['a'] }), { embeddings: [{}] }],
])('%s: a 200 that is %s is malformed', async (_facet, _what, call, body) => {
  server.answer(jsonAnswer(200, body))
  await expect(call()).rejects.toMatchObject({ kind: 'malformed' })
})

test.each([
  ['models', (signal: AbortSignal) => provider.models?.list({ signal })],
  ['tokens', (signal: AbortSignal) => provider.tokens?.count(request, { signal })],
  ['health', (signal: AbortSignal) => provider.health?.probe({ signal })],
  ['embeddings', (signal: AbortSignal) => provider.embeddings?.embed({ model: 'm', inputs: ['a'] }, { signal })],
])('%s ends with its signal', async (_facet, call) => {
  const reason = new Error('the caller left')
  await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

test('a model that has no name is refused before anything is sent', async () => {
  await expect(provider.tokens?.count({ ...request, model: 'a?b=c' })).rejects.toMatchObject({
    kind: 'invalid-request',
  })
  expect(server.requests).toHaveLength(0)
})

test.skipIf(description === undefined)('what is sent is as the service’s own description has it', async () => {
  server.answer(jsonAnswer(200, { totalTokens: 1, embeddings: [{ values: [1] }] }))
  await provider.tokens?.count(request)
  await provider.embeddings?.embed({ model: 'gemini-embedding-001', inputs: ['a'], dimensions: 8 })
  expect(server.requests.map((request) => description?.problemsOf(request))).toEqual([[], []])
})
