import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Provider } from '@llmfb/core/provider'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorAnswer, jsonAnswer } from './answers.ts'
import { connect, failureOf } from './connect.ts'
import { description } from './description.ts'

let server: WireServer
let provider: Provider
beforeEach(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterEach(() => server.close())

const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const request = { model, messages: [{ role: 'user', content: 'Hello' }], maxTokens: 5 } as const
const titan = 'amazon.titan-embed-text-v2:0'

test('counts tokens for the foundation model, and sends nothing that the service does not count', async () => {
  server.answer(jsonAnswer(200, { inputTokens: 1114 }))
  expect(await provider.tokens?.count(request)).toEqual({ tokens: 1114, method: 'exact' })
  const { path = '', body } = server.requests[0] ?? {}
  expect(path).toBe('/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens')
  expect(body).toEqual({ input: { converse: { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] } } })
  expect(description?.problemsOf({ method: 'POST', path, body }) ?? []).toEqual([])
})

test('counts what is asked beside the messages', async () => {
  server.answer(jsonAnswer(200, { inputTokens: 1 }))
  await provider.tokens?.count({
    ...request,
    messages: [{ role: 'system', content: 'Be kind.' }, ...request.messages],
    tools: [{ name: 'weather', parameters: {} }],
    reasoning: { budgetTokens: 2000 },
  })
  expect(server.requests[0]?.body).toMatchObject({
    input: {
      converse: {
        system: [{ text: 'Be kind.' }],
        toolConfig: { tools: [{ toolSpec: { name: 'weather' } }] },
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
      },
    },
  })
})

test.each([
  [400, 'ValidationException', "The provided model doesn't support counting tokens."],
  [403, 'AccessDeniedException', 'User: x is not authorized to perform: bedrock:CountTokens'],
])('estimates where the service answers %i %s', async (status, name, message) => {
  server.answer(errorAnswer(status, name, message))
  expect(await provider.tokens?.count(request)).toEqual({ tokens: expect.any(Number), method: 'estimate' })
})

test.each([
  [400, 'ValidationException', 'prompt is too long: 300000 tokens > 200000 maximum'],
  [403, 'UnrecognizedClientException', 'The security token is invalid'],
])('estimates nothing where the service answers %i %s', async (status, name, message) => {
  server.answer(errorAnswer(status, name, message))
  await expect(provider.tokens?.count(request)).rejects.toMatchObject({ status })
})

test('probes without cost', async () => {
  server.answer(jsonAnswer(200, { asyncInvokeSummaries: [] }))
  expect(provider.health?.cost).toBe('free')
  await provider.health?.probe()
  expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/async-invoke?maxResults=1' })
  server.answer(
    errorAnswer(403, 'AccessDeniedException', 'User: x is not authorized to perform: bedrock:ListAsyncInvokes'),
  )
  await provider.health?.probe()
  server.answer(errorAnswer(503, 'ServiceUnavailableException', 'Busy'))
  await expect(provider.health?.probe()).rejects.toMatchObject({ kind: 'overloaded', status: 503 })
  server.answer(errorAnswer(403, 'UnrecognizedClientException', 'The security token is invalid'))
  await expect(provider.health?.probe()).rejects.toMatchObject({ kind: 'authentication' })
})

test('lists the models on demand, and page by page the profiles, once', async () => {
  server.answer(({ path }) => {
    if (path.startsWith('/foundation-models')) {
      return jsonAnswer(200, {
        modelSummaries: [
          { modelId: 'amazon.nova-lite-v1:0', inferenceTypesSupported: ['ON_DEMAND'], outputModalities: ['TEXT'] },
          { modelId: 'amazon.canvas', inferenceTypesSupported: ['ON_DEMAND'], outputModalities: ['IMAGE'] },
          { modelId: 'amazon.nova-pro-v1:0:24k', inferenceTypesSupported: ['PROVISIONED'], outputModalities: ['TEXT'] },
        ],
      })
    }
    return path.includes('nextToken=a')
      ? jsonAnswer(200, { inferenceProfileSummaries: [{ inferenceProfileId: 'us.meta.llama4-scout' }] })
      : jsonAnswer(200, { inferenceProfileSummaries: [{ inferenceProfileId: model }], nextToken: 'a' })
  })
  const models = [
    { id: 'amazon.nova-lite-v1:0', contextWindow: 300_000 },
    { id: model, contextWindow: 200_000, maxOutputTokens: 64_000 },
    { id: 'us.meta.llama4-scout' },
  ]
  expect(await provider.models?.list()).toEqual(models)
  expect(await provider.models?.list()).toEqual(models)
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /foundation-models',
    'GET /inference-profiles?maxResults=1000',
    'GET /inference-profiles?maxResults=1000&nextToken=a',
  ])
  await provider.models?.list({ refresh: true })
  expect(server.requests).toHaveLength(6)
})

test("the list is asked of the region's own address for it", async () => {
  const hosts: string[] = []
  const spy: typeof fetch = async (input) => {
    hosts.push((input as URL).host)
    return new Response('{"modelSummaries":[],"inferenceProfileSummaries":[]}')
  }
  const own = await connect(undefined, { apiKey: 'k', fetch: spy, region: 'eu-west-1' })
  expect(await own.models?.list()).toEqual([])
  expect(new Set(hosts)).toEqual(new Set(['bedrock.eu-west-1.amazonaws.com']))
})

test('embeds with Titan: one text a call, in order', async () => {
  server.answer(({ body }) => {
    const { inputText } = body as { inputText: string }
    return jsonAnswer(200, { embedding: [inputText.length, 0.5], inputTextTokenCount: 3 })
  })
  const inputs = Array.from({ length: 20 }, (_, index) => 'x'.repeat(index + 1))
  const response = await provider.embeddings?.embed({ model: titan, inputs, dimensions: 256 })
  expect(response?.embeddings).toEqual(inputs.map(({ length }) => [length, 0.5]))
  expect(response).toMatchObject({ model: titan, provider: 'bedrock', usage: { uncachedInputTokens: 60 } })
  expect(server.requests).toHaveLength(20)
  expect(server.requests[0]).toMatchObject({
    path: '/model/amazon.titan-embed-text-v2%3A0/invoke',
    body: { inputText: expect.any(String), dimensions: 256 },
  })
})

test.each([
  ['cohere.embed-english-v3', undefined, { embeddings: [[1], [2]], response_type: 'embeddings_floats' }, {}],
  [
    'us.cohere.embed-v4:0',
    512,
    { embeddings: { float: [[1], [2]] } },
    { output_dimension: 512, embedding_types: ['float'] },
  ],
])('embeds with %s: texts together', async (cohere, dimensions, answer, more) => {
  server.answer(jsonAnswer(200, answer, { 'x-amzn-bedrock-input-token-count': '7' }))
  const inputs = ['one', 'two']
  const asked = { model: cohere, inputs, ...(dimensions !== undefined && { dimensions }) }
  expect(await provider.embeddings?.embed(asked)).toMatchObject({
    embeddings: [[1], [2]],
    usage: { uncachedInputTokens: 7 },
    requestId: 'request-1',
  })
  expect(server.requests[0]?.body).toEqual({ texts: inputs, input_type: 'search_document', truncate: 'NONE', ...more })
})

test('embeds more texts than fit into one call', async () => {
  server.answer(({ body }) =>
    jsonAnswer(200, { embeddings: (body as { texts: string[] }).texts.map((text) => [Number(text)]) }),
  )
  const inputs = Array.from({ length: 200 }, (_, index) => String(index))
  const response = await provider.embeddings?.embed({ model: 'cohere.embed-multilingual-v3', inputs })
  expect(response?.embeddings).toEqual(inputs.map((text) => [Number(text)]))
  expect(response).not.toHaveProperty('usage')
  expect(server.requests).toHaveLength(3)
})

test.each([
  ['model', { model: 'amazon.nova-lite-v1:0', inputs: ['a'] }],
  ['dimensions', { model: 'cohere.embed-english-v3', inputs: ['a'], dimensions: 5 }],
])('refuses embeddings for their %s before anything is sent', async (word, asked) => {
  const failure = await failureOf(Promise.resolve(provider.embeddings?.embed(asked)))
  expect(failure).toMatchObject({ kind: 'invalid-request', provider: 'bedrock', model: asked.model })
  expect(failure.message).toContain(word)
  expect(server.requests).toHaveLength(0)
})

test('the first text that fails ends the calls beside it', async () => {
  server.answer(({ body }) =>
    (body as { inputText: string }).inputText === '3'
      ? errorAnswer(429, 'ThrottlingException', 'Slow down')
      : new Promise(() => {}),
  )
  const embed = provider.embeddings?.embed({ model: titan, inputs: ['1', '2', '3', '4'] })
  await expect(embed).rejects.toMatchObject({ kind: 'rate-limit' })
  while (server.answering > 0) await setImmediate()
})

test.each<readonly [string, string, () => Promise<unknown> | undefined, unknown]>([
  ['models', 'not a list', () => provider.models?.list(), { models: [] }],
  ['models', 'a list of none', () => provider.models?.list(), { modelSummaries: [null] }],
  ['tokens', 'not a count', () => provider.tokens?.count(request), null],
  ['embeddings', 'not a vector', () => provider.embeddings?.embed({ model: titan, inputs: ['a'] }), { embedding: 'x' }],
  [
    'embeddings',
    'an empty vector',
    () => provider.embeddings?.embed({ model: titan, inputs: ['a'] }),
    { embedding: [] },
  ],
  ['embeddings', 'no object', () => provider.embeddings?.embed({ model: titan, inputs: ['a'] }), []],
])('%s: a 200 that is %s is malformed', async (_facet, _what, call, body) => {
  server.answer(jsonAnswer(200, body))
  await expect(call()).rejects.toMatchObject({ kind: 'malformed' })
})

test.each([
  ['models', (signal: AbortSignal) => provider.models?.list({ signal })],
  ['tokens', (signal: AbortSignal) => provider.tokens?.count(request, { signal })],
  ['health', (signal: AbortSignal) => provider.health?.probe({ signal })],
  ['embeddings', (signal: AbortSignal) => provider.embeddings?.embed({ model: titan, inputs: ['a'] }, { signal })],
])('%s ends with its signal', async (_facet, call) => {
  const reason = new Error('the caller left')
  await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
  server.answer(() => new Promise(() => {}))
  const controller = new AbortController()
  const settled = Promise.resolve(call(controller.signal)).catch((error: unknown) => error)
  while (server.requests.length === 0) await setImmediate()
  controller.abort(reason)
  expect(await settled).toBe(reason)
  while (server.openSockets > 0) await setImmediate()
})
