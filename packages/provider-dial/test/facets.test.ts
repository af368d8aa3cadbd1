import { startWireServer, type WireServer } from '@llmfb/conformance'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const headers = { 'content-type': 'application/json' }

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const asked = (): [string, string][] => server.requests.map(({ method, path }) => [method, path])

it('lists the models of the service, with what it says of their windows, and its applications', async () => {
  const models = [
    { id: 'gpt-4o', limits: { max_total_tokens: 128_000, max_completion_tokens: 4096 } },
    { id: 'plain', object: 'model' },
    { object: 'model' },
  ]
  const applications = [{ id: 'applications/public/our%20app', object: 'application' }, { id: 'plain' }]
  server.answer(({ path }) => {
    const data = path.endsWith('/applications') ? applications : models
    return { headers, body: JSON.stringify({ object: 'list', data }) }
  })
  const provider = await connect({ baseURL: server.url })
  expect(await provider.models?.list()).toEqual([
    { id: 'gpt-4o', contextWindow: 128_000, maxOutputTokens: 4096 },
    { id: 'plain' },
    { id: 'applications/public/our%20app' },
  ])
  await provider.health?.probe()
  expect(asked()).toEqual([
    ['GET', '/openai/models'],
    ['GET', '/openai/applications'],
    ['GET', '/openai/models'],
  ])
})

test.each([403, 404])('lists the models where the list of applications is answered with %i', async (status) => {
  server.answer(({ path }) =>
    path.endsWith('/applications')
      ? { status, headers, body: '{"error":{"message":"Not for this key"}}' }
      : { headers, body: '{"data":[{"id":"gpt-4o"}]}' },
  )
  const provider = await connect({ baseURL: server.url })
  expect(await provider.models?.list()).toEqual([{ id: 'gpt-4o' }])
})

it('lists nothing where one of the lists fails for another reason, or the models may not be listed', async () => {
  server.answer(({ path }) =>
    path.endsWith('/applications') ? { status: 500, headers, body: '{}' } : { headers, body: '{"data":[]}' },
  )
  const provider = await connect({ baseURL: server.url })
  await expect(provider.models?.list()).rejects.toMatchObject({ kind: 'server', status: 500 })
  server.answer({ status: 403, headers, body: '{}' })
  await expect(provider.models?.list()).rejects.toMatchObject({ kind: 'permission', status: 403 })
})

it('makes vectors', async () => {
  const data = [
    { index: 1, embedding: [3, 4] },
    { index: 0, embedding: [1, 2] },
  ]
  server.answer({ headers, body: JSON.stringify({ data, usage: { prompt_tokens: 3, total_tokens: 3 } }) })
  const provider = await connect({ baseURL: `${server.url}/openai`, apiVersion: '2024-10-21' })
  const request = { model: 'our model', inputs: ['a', 'b'], dimensions: 2 }
  expect(await provider.embeddings?.embed(request)).toMatchObject({
    embeddings: [
      [1, 2],
      [3, 4],
    ],
    model: 'our model',
    usage: { uncachedInputTokens: 3 },
  })
  expect(asked()).toEqual([['POST', '/openai/deployments/our%20model/embeddings?api-version=2024-10-21']])
  expect(server.requests[0]?.body).toEqual({
    model: 'our model',
    input: ['a', 'b'],
    encoding_format: 'float',
    dimensions: 2,
  })
})

const request = {
  model: 'applications/public/our app',
  messages: [{ role: 'user', content: [{ type: 'file', file: { url: 'files/b/c.pdf' } }] }],
} as const

it('counts tokens of what would be asked, attachments among it', async () => {
  server.answer({ headers, body: '{"outputs":[{"status":"success","token_count":1312}]}' })
  const provider = await connect({ baseURL: server.url })
  expect(await provider.tokens?.count(request)).toEqual({ tokens: 1312, method: 'exact' })
  expect(asked()).toEqual([['POST', '/v1/deployments/applications/public/our%20app/tokenize']])
  const attachments = [{ type: 'application/pdf', url: 'files/b/c.pdf' }]
  const value = {
    model: request.model,
    messages: [{ role: 'user', content: '', custom_content: { attachments } }],
  }
  expect(server.requests[0]?.body).toEqual({ inputs: [{ type: 'request', value }] })
})

test.each([
  ['{"outputs":[{"status":"error","error":"No tokenizer for files"}]}'],
  ['{"outputs":[]}'],
  ['{"outputs":[null]}'],
  ['{}'],
])('takes %s for no count', async (body) => {
  server.answer({ headers, body })
  const provider = await connect({ baseURL: server.url })
  await expect(provider.tokens?.count(request)).rejects.toMatchObject({ kind: 'malformed', status: 200 })
})

it('estimates where a deployment has no tokenizer', async () => {
  server.answer({ status: 403, headers: { 'content-type': 'text/plain' }, body: 'Forbidden deployment' })
  const provider = await connect({ baseURL: server.url })
  expect(await provider.tokens?.count(request)).toEqual({ tokens: expect.any(Number), method: 'estimate' })
})
