import type { WireRequest, WireServer } from '@llmfb/conformance'
import { startWireServer } from '@llmfb/conformance'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, rejectionOf } from './connect.ts'

let server: WireServer

beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

function answer(answers: Record<string, unknown>): void {
  server.answer(({ path }: WireRequest) =>
    path in answers
      ? { headers: { 'content-type': 'application/json', 'x-request-id': 'r1' }, body: JSON.stringify(answers[path]) }
      : { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' },
  )
}

describe('embeddings', () => {
  const embedding = {
    model: 'nomic',
    embeddings: [
      [0.1, -2],
      [3, 4],
    ],
    prompt_eval_count: 8,
  }

  test('one vector an input', async () => {
    answer({ '/api/embed': embedding })
    const provider = await connect({ baseURL: server.url, keepAlive: '1h', contextWindow: 2048 })
    expect(await provider.embeddings?.embed({ model: 'nomic:latest', inputs: ['a', 'b'], dimensions: 2 })).toEqual({
      embeddings: [
        [0.1, -2],
        [3, 4],
      ],
      model: 'nomic',
      provider: 'ollama',
      usage: {
        uncachedInputTokens: 8,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTextTokens: 0,
        reasoningTokens: 0,
      },
      requestId: 'r1',
    })
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/api/embed' })
    expect(server.requests[0]?.body).toEqual({
      model: 'nomic:latest',
      input: ['a', 'b'],
      truncate: false,
      dimensions: 2,
      keep_alive: '1h',
      options: { num_ctx: 2048 },
    })
  })

  test.for([{}, { embeddings: [[1]] }, { embeddings: [[1], []] }, { embeddings: [[1], ['a']] }, { embeddings: 'a' }])(
    '%j is malformed',
    async (body) => {
      answer({ '/api/embed': body })
      const provider = await connect({ baseURL: server.url })
      const failed = provider.embeddings?.embed({ model: 'nomic', inputs: ['a', 'b'] })
      expect(await rejectionOf(failed as Promise<unknown>)).toMatchObject({ kind: 'malformed', model: 'nomic' })
    },
  )
})

describe('models', () => {
  test('are listed once until they are refreshed', async () => {
    answer({ '/api/tags': { models: [{ name: 'a', model: 'a:latest' }, { name: 'b' }, null] } })
    const { models } = await connect({ baseURL: server.url })
    expect(await models?.list()).toEqual([{ id: 'a:latest' }, { id: 'b' }])
    answer({ '/api/tags': { models: [] } })
    expect(await models?.list()).toHaveLength(2)
    expect(server.requests).toHaveLength(1)
    expect(await models?.list({ refresh: true })).toEqual([])
    expect(await models?.list()).toEqual([])
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/tags', 'GET /api/tags'])
  })

  test('a failure is not kept', async () => {
    answer({ '/api/tags': {} })
    const { models } = await connect({ baseURL: server.url })
    expect(await rejectionOf(models?.list() as Promise<unknown>)).toMatchObject({ kind: 'malformed' })
    answer({ '/api/tags': { models: [{ model: 'a' }] } })
    expect(await models?.list()).toEqual([{ id: 'a' }])
  })
})

describe('health', () => {
  test('asks for the version, which costs nothing', async () => {
    answer({ '/api/version': { version: '0.12.6' } })
    const { health } = await connect({ baseURL: server.url })
    expect(health?.cost).toBe('free')
    await health?.probe()
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/api/version' }])
  })

  test('is not taken in by another server', async () => {
    answer({ '/api/version': { hello: 'world' } })
    const { health } = await connect({ baseURL: server.url })
    expect(await rejectionOf(health?.probe() as Promise<unknown>)).toMatchObject({ kind: 'malformed' })
    answer({})
    expect(await rejectionOf(health?.probe() as Promise<unknown>)).toMatchObject({ status: 404 })
  })
})

describe('warming up', () => {
  const loaded = { message: { role: 'assistant', content: '' }, done: true, done_reason: 'load' }

  test('loads the model as later calls use it, and learns what it can do', async () => {
    answer({ '/api/chat': loaded, '/api/show': { capabilities: ['completion', 'vision'] } })
    const provider = await connect({ baseURL: server.url, keepAlive: '1h', contextWindow: 8192 })
    expect(provider.capabilities('new-model')).toMatchObject({ tools: true, reasoning: true, contextWindow: 8192 })
    await provider.warmUp?.warmUp('new-model')
    expect(server.requests.map(({ path, body }) => [path, body])).toEqual([
      ['/api/chat', { model: 'new-model', messages: [], stream: false, keep_alive: '1h', options: { num_ctx: 8192 } }],
      ['/api/show', { model: 'new-model' }],
    ])
    expect(provider.capabilities('new-model')).toMatchObject({
      tools: false,
      reasoning: false,
      input: ['image'],
      contextWindow: 8192,
    })
    expect(provider.capabilities('new-model').parameters).not.toHaveProperty('reasoning')
    expect(provider.capabilities('another')).toMatchObject({ tools: true })
  })

  test('knows better than names', async () => {
    answer({ '/api/chat': loaded, '/api/show': { capabilities: ['completion', 'tools', 'thinking'] } })
    const provider = await connect({ baseURL: server.url })
    expect(provider.capabilities('gemma3:4b')).toMatchObject({ tools: false, reasoning: false, input: ['image'] })
    await provider.warmUp?.warmUp('gemma3:4b')
    expect(provider.capabilities('gemma3:4b')).toMatchObject({
      tools: true,
      reasoning: true,
      input: [],
      parameters: { reasoning: { type: 'reasoning' }, seed: { type: 'integer' } },
    })
  })

  test('is enough where the server does not describe its models', async () => {
    answer({ '/api/chat': loaded })
    const provider = await connect({ baseURL: server.url })
    const before = provider.capabilities('m')
    await provider.warmUp?.warmUp('m')
    expect(provider.capabilities('m')).toEqual(before)
  })

  test('of a model that is not there fails', async () => {
    answer({})
    const { warmUp } = await connect({ baseURL: server.url })
    expect(await rejectionOf(warmUp?.warmUp('m') as Promise<unknown>)).toMatchObject({ kind: 'model-not-found' })
    expect(server.requests).toHaveLength(1)
  })
})
