import { startWireServer, type WireServer } from '@llmfb/conformance'
import { createServiceCalls, type ServiceCallsOptions } from '@llmfb/openai-compatible'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { clock, testKey } from './connect.ts'

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const json = { 'content-type': 'application/json', 'x-request-id': 'r-1' }
const callsOf = (options: Partial<ServiceCallsOptions> = {}): ReturnType<typeof createServiceCalls> =>
  createServiceCalls({
    context: { id: 'compatible', clock },
    baseURL: `${server.url}/root`,
    apiKey: testKey,
    fetch: globalThis.fetch,
    ...options,
  })

it('asks with GET, or with POST where there is a body, and gives the object that came', async () => {
  server.answer({ headers: json, body: '{"a":1}' })
  const ask = callsOf({ headers: { 'X-Tenant': 'blue' } })
  expect(await ask({ path: '/models', query: { after: 'b c' } })).toMatchObject({ body: { a: 1 }, requestId: 'r-1' })
  await ask({ path: '/tokenize', body: { content: 'a' } })
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /root/models?after=b%20c',
    'POST /root/tokenize',
  ])
  expect(server.requests[1]).toMatchObject({
    body: { content: 'a' },
    headers: { authorization: `Bearer ${testKey}`, 'x-tenant': 'blue' },
  })
})

it('sends no key where there is none, and the caller’s header where it carries one', async () => {
  server.answer({ headers: json, body: '{}' })
  await createServiceCalls({ context: { id: 'c', clock }, baseURL: server.url, fetch: globalThis.fetch })({
    path: '/a',
  })
  await callsOf({ headers: { Authorization: 'Basic abcdefgh' } })({ path: '/a' })
  await callsOf({ dialect: { authentication: (key) => ({ 'api-key': key }) } })({ path: '/a' })
  expect(server.requests.map(({ headers }) => [headers['authorization'], headers['api-key']])).toEqual([
    [undefined, undefined],
    ['Basic abcdefgh', undefined],
    [undefined, testKey],
  ])
})

test.each([
  ['malformed', { headers: json, body: '[]' }],
  ['malformed', { headers: json, body: '{"a"' }],
  ['truncated', { headers: json, body: '{"a":1}', cutAt: 3, cut: 'destroy' }],
  ['server', { status: 500, headers: json, body: `{"error":{"message":"no ${testKey}","type":"server_error"}}` }],
  ['authentication', { status: 401, headers: json, body: '{}' }],
] as const)('fails as %s, once and without the key', async (kind, answer) => {
  server.answer(answer)
  const error = await callsOf()({ path: '/a', model: 'm' }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'ProviderError', kind, provider: 'compatible', model: 'm' })
  expect(inspect(error, { depth: 9 })).not.toContain(testKey)
  expect(server.requests).toHaveLength(1)
})

it('fails with what the function of the key, the time and the caller say', async () => {
  const noKey = callsOf({ apiKey: () => Promise.reject(new Error('vault is sealed')) })
  await expect(noKey({ path: '/a' })).rejects.toMatchObject({ kind: 'unknown' })
  expect(server.requests).toHaveLength(0)
  server.answer(() => new Promise(() => {}))
  await expect(callsOf({ timeoutMs: 50 })({ path: '/a' })).rejects.toMatchObject({ kind: 'timeout' })
  const controller = new AbortController()
  const held = callsOf()({ path: '/a' }, { signal: controller.signal })
  controller.abort('enough')
  await expect(held).rejects.toBe('enough')
})
