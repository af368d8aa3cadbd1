import { startWireServer, type WireServer } from '@llmfb/conformance'
import { type ChatRequest, createKeyPool } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider } from '@llmfb/openai-compatible'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { chunk, completion, eventStream, json, sse } from './bodies.ts'
import { clock, connect, everything, testKey } from './connect.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

const twice = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}`, 'x-api-key': key })

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
  server.answer({ headers: json, body: JSON.stringify(completion()) })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

it('sends the key, and headers of the caller over its own', async () => {
  await connect({ baseURL: server.url }).chat(request)
  await connect({ baseURL: server.url, headers: { 'X-Team': 'a', Authorization: 'Basic abc' } }).chat(request)
  expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([`Bearer ${testKey}`, 'Basic abc'])
  expect(server.requests[1]?.headers['x-team']).toBe('a')
})

it('sends headers of the caller over a key that is fetched', async () => {
  await connect({ baseURL: server.url, apiKey: () => testKey, headers: { Authorization: 'Basic abc' } }).chat(request)
  expect(server.requests[0]?.headers['authorization']).toBe('Basic abc')
})

it('asks a model where the service has it, with what stands in its query', async () => {
  const dialect = {
    path: (model: string) => `/deployments/${encodeURIComponent(model)}/chat/completions`,
    query: { 'api-version': '2024-10-21' },
  }
  await connect({ baseURL: `${server.url}/openai`, dialect }).chat({ ...request, model: 'a/b' })
  expect(server.requests[0]?.path).toBe('/openai/deployments/a%2Fb/chat/completions?api-version=2024-10-21')
})

it('sends no key to a service that needs none', async () => {
  const provider = createOpenAICompatibleProvider({
    context: { id: 'local', clock },
    baseURL: server.url,
    capabilities: () => everything,
  })
  await provider.chat(request)
  expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
})

it('fetches the key before each call where it is a function', async () => {
  let count = 0
  const provider = connect({ baseURL: server.url, apiKey: async () => `key-number-${++count}` })
  await provider.chat(request)
  await provider.chat(request)
  expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer key-number-1',
    'Bearer key-number-2',
  ])
})

it('sends headers of the caller over a key of a pool', async () => {
  const shared = { baseURL: server.url, apiKey: ['first-key', 'second-key'] }
  const [, second = ''] = createKeyPool(shared.apiKey).fingerprints
  const provider = connect({ ...shared, headers: { 'X-API-KEY': 'own' }, dialect: { authentication: twice } })
  await provider.chat(request, { key: second })
  expect(server.requests[0]?.headers).toMatchObject({ 'x-api-key': 'own', authorization: 'Bearer second-key' })
})

it.each([undefined, ' ', []])('sends no key where a function fetches %j and none is needed', async (fetched) => {
  await connect({ baseURL: server.url, apiKey: async () => fetched as never }).chat(request)
  expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
})

it.each<Partial<Parameters<typeof connect>[0]>>([
  { apiKey: async () => '' },
  { apiKey: ' ' },
  { apiKey: 'fürst' },
  { apiKey: async () => 'two\nlines' },
])('sends nothing without the key that is needed: %j', async (options) => {
  const provider = connect({ baseURL: server.url, keyVariable: 'ACME_API_KEY', models: true, ...options })
  const failed = { kind: 'authentication', message: expect.stringContaining('was not called') }
  await expect(provider.chat(request)).rejects.toMatchObject(failed)
  await expect(provider.models?.list()).rejects.toMatchObject(failed)
  expect(server.requests).toHaveLength(0)
})

it('needs no key where a header of the caller stands in its place', async () => {
  const shared = { baseURL: server.url, keyVariable: 'ACME_API_KEY', headers: { Authorization: 'Basic abc' } }
  await connect({ ...shared, apiKey: '' }).chat(request)
  await connect({ ...shared, apiKey: () => '' }).chat(request)
  expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual(['Basic abc', 'Basic abc'])
})

it('refuses keys of which one is none', () => {
  expect(() => connect({ baseURL: server.url, apiKey: ['a-key', ' '] })).toThrow('options.apiKey')
})

it('says nothing of a key when its function fails', async () => {
  const apiKey = (): Promise<string> => Promise.reject(new Error('no key for sk-vault-token-123456'))
  await expect(connect({ baseURL: server.url, apiKey }).chat(request)).rejects.toMatchObject({
    kind: 'unknown',
    cause: { message: 'no key for [redacted]' },
  })
  expect(server.requests).toHaveLength(0)
})

it('takes nothing from the environment', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'environment-key')
  vi.stubEnv('OPENAI_ADMIN_KEY', 'environment-admin')
  vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:1/environment')
  vi.stubEnv('OPENAI_ORG_ID', 'environment-organization')
  vi.stubEnv('OPENAI_PROJECT_ID', 'environment-project')
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Environment: environment-header')
  vi.stubEnv('OPENAI_LOG', 'debug')
  const logged = vi.spyOn(console, 'debug')
  await connect({ baseURL: server.url }).chat(request)
  expect(JSON.stringify(server.requests)).not.toMatch(/environment/i)
  expect(logged).not.toHaveBeenCalled()
})

it('goes through the fetch it is given, and never twice', async () => {
  server.answer({ status: 500, headers: json, body: '{}' })
  const through = vi.fn<typeof fetch>(globalThis.fetch)
  await expect(connect({ baseURL: server.url, fetch: through }).chat(request)).rejects.toMatchObject({ kind: 'server' })
  expect(through).toHaveBeenCalledTimes(1)
  expect(server.requests).toHaveLength(1)
})

it('sends nothing before the first event is asked for', async () => {
  const events = connect({ baseURL: server.url }).stream(request)
  const iterator = events[Symbol.asyncIterator]()
  await iterator.return?.()
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(server.requests).toHaveLength(0)
})

it('uses a connection again after a stream that came to its end', async () => {
  server.answer({ headers: sse, body: eventStream(chunk({ content: 'a' }, 'stop'), '[DONE]') })
  const provider = connect({ baseURL: server.url })
  for (let round = 0; round < 5; round += 1) {
    for await (const event of provider.stream(request)) expect(event.type).toBeDefined()
  }
  expect(server.requests).toHaveLength(5)
  // The next call may start before the end of the body before it has come, and take a second one.
  expect(server.openSockets).toBeLessThanOrEqual(2)
})

it('closes a connection that the service keeps open behind the end marker', async () => {
  server.answer({ headers: sse, body: eventStream(chunk({ content: 'a' }, 'stop'), '[DONE]'), hold: true })
  const types: string[] = []
  for await (const { type } of connect({ baseURL: server.url }).stream(request)) types.push(type)
  expect(types).toEqual(['text-delta', 'finish'])
  await vi.waitFor(() => expect(server.openSockets).toBe(0))
})

it('closes the connection when the consumer leaves', async () => {
  server.answer({ headers: sse, body: eventStream(chunk({ content: 'a' }), chunk({ content: 'b' })), hold: true })
  for await (const event of connect({ baseURL: server.url }).stream(request)) {
    expect(event).toEqual({ type: 'text-delta', text: 'a' })
    break
  }
  await vi.waitFor(() => expect(server.openSockets).toBe(0))
})
