import { startWireServer, type WireServer } from '@llmfb/conformance'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect, testKey } from './connect.ts'

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

function answer(body: object): void {
  server.answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

const ways = [
  [undefined, '/openai/v1/embeddings', '/openai/v1/models'],
  [
    'deployments',
    '/openai/deployments/our%20vectors/embeddings?api-version=2024-10-21',
    '/openai/models?api-version=2024-10-21',
  ],
] as const

test.each(ways)('makes vectors (api: %s)', async (api, path) => {
  const data = [{ index: 0, embedding: Buffer.from(Float32Array.of(0.5, -2).buffer).toString('base64') }]
  answer({ object: 'list', model: 'text-embedding-3-small', data, usage: { prompt_tokens: 4 } })
  const provider = await connect({ baseURL: server.url, ...(api && { api }) })
  const { embeddings, usage } = (await provider.embeddings?.embed({ model: 'our vectors', inputs: ['Hi'] })) ?? {}
  expect(embeddings).toEqual([[0.5, -2]])
  expect(usage).toMatchObject({ uncachedInputTokens: 4 })
  expect(server.requests[0]).toMatchObject({
    path,
    headers: { 'api-key': testKey },
    body: { model: 'our vectors', input: ['Hi'], encoding_format: 'base64' },
  })
})

test.each(ways)(
  'lists models, and asks for the same to see whether the service is there (api: %s)',
  async (api, _, path) => {
    answer({ object: 'list', data: [{ id: 'gpt-5-2025-08-07', object: 'model', status: 'succeeded' }] })
    const provider = await connect({ baseURL: server.url, ...(api && { api }) })
    expect(await provider.models?.list()).toEqual([{ id: 'gpt-5-2025-08-07' }])
    await provider.health?.probe()
    expect(provider.health?.cost).toBe('free')
    expect(server.requests.map((request) => [request.method, request.path])).toEqual([
      ['GET', path],
      ['GET', path],
    ])
  },
)

test('a version in the query is there in every call', async () => {
  answer({ object: 'list', data: [] })
  const provider = await connect({ baseURL: server.url, apiVersion: 'preview' })
  await provider.models?.list()
  expect(server.requests[0]?.path).toBe('/openai/v1/models?api-version=preview')
})
