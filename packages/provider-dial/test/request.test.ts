import { startWireServer, type WireServer } from '@llmfb/conformance'
import { type ChatRequest, createKeyPool } from '@llmfb/core/provider'
import { dial } from '@llmfb/provider-dial'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { clock, connect, logger, testKey } from './connect.ts'

const request: ChatRequest = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
const tools = [{ name: 'weather', parameters: { type: 'object' } }] as const

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }),
  })
})
afterEach(() => server.close())

const paths = (): string[] => server.requests.map(({ path }) => path)

test.each([
  ['gpt-4o', 'gpt-4o'],
  ['our model', 'our%20model'],
  ['applications/public/our app', 'applications/public/our%20app'],
  ['applications/public/our%20app', 'applications/public/our%20app'],
  ['100%', '100%25'],
])('asks the deployment %j at %s', async (model, path) => {
  await (await connect({ baseURL: server.url })).chat({ ...request, model })
  expect(paths()).toEqual([`/openai/deployments/${path}/chat/completions`])
})

it('passes a version on, and takes the address with what may stand behind it', async () => {
  for (const end of ['', '/', '/openai', '/openai/']) {
    await (await connect({ baseURL: server.url + end, apiVersion: '2024-10-21' })).chat(request)
  }
  expect(new Set(paths())).toEqual(new Set(['/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21']))
})

it('sends a key or a token, never both', async () => {
  let count = 0
  await (await connect({ baseURL: server.url })).chat(request)
  await (await connect({ baseURL: server.url, apiKey: async () => 'fetched-key' })).chat(request)
  const withToken = await connect({ baseURL: server.url, token: async () => `token-${++count}` })
  await withToken.chat(request)
  await withToken.chat(request)
  expect(server.requests.map(({ headers }) => [headers['api-key'], headers['authorization']])).toEqual([
    [testKey, undefined],
    ['fetched-key', undefined],
    [undefined, 'Bearer token-1'],
    [undefined, 'Bearer token-2'],
  ])
})

it('sends the key of a pool that it is told, and a token whatever it is told', async () => {
  const pool = createKeyPool(['first-key', 'second-key'])
  const [, second = ''] = pool.fingerprints
  expect(dial({ apiKey: pool }).keys).toBe(pool)
  expect(dial({ token: () => 'a-token' }).keys).toBeUndefined()
  const keyed = await connect({ baseURL: server.url, apiKey: pool })
  const withToken = await connect({ baseURL: server.url, token: () => 'a-token' })
  await keyed.chat(request, { key: second })
  pool.replace('third-key')
  await keyed.chat(request, { key: second })
  await withToken.chat(request, { key: second })
  expect(server.requests.map(({ headers }) => [headers['api-key'], headers['authorization']])).toEqual([
    ['second-key', undefined],
    ['third-key', undefined],
    [undefined, 'Bearer a-token'],
  ])
})

it('takes key and address from the credentials, unless they are passed in code', async () => {
  const credentials = { DIAL_API_KEY: 'credential-key', DIAL_API_HOST: `${server.url}/credential` }
  const context = { id: 'dial', credentials, clock, logger }
  await (await dial().create(context)).chat(request)
  await (await dial({ apiKey: 'option-key', baseURL: `${server.url}/option` }).create(context)).chat(request)
  expect(server.requests.map(({ path, headers }) => [path, headers['api-key']])).toEqual([
    ['/credential/openai/deployments/gpt-4o/chat/completions', 'credential-key'],
    ['/option/openai/deployments/gpt-4o/chat/completions', 'option-key'],
  ])
})

it('does not ask for the usage of a stream', async () => {
  const provider = await connect({ baseURL: server.url })
  for await (const event of provider.stream(request)) expect(event).toBeDefined()
  expect(server.requests[0]?.body).toEqual({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
  })
})

const own = { max_prompt_tokens: 4000, custom_fields: { configuration: { tone: 'dry' } } }

const sent: readonly (readonly [string, Partial<ChatRequest>, Readonly<Record<string, unknown>>])[] = [
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.9 }, { top_p: 0.9 }],
  ['maxTokens', { maxTokens: 9 }, { max_tokens: 9 }],
  ['stop', { stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ['seed', { seed: 7 }, { seed: 7 }],
  ['presencePenalty', { presencePenalty: 1 }, { presence_penalty: 1 }],
  ['frequencyPenalty', { frequencyPenalty: -1 }, { frequency_penalty: -1 }],
  ['user', { user: 'u-1' }, { user: 'u-1' }],
  ['toolChoice', { tools, toolChoice: 'required' }, { tool_choice: 'required' }],
  ['parallelToolCalls', { tools, parallelToolCalls: false }, { parallel_tool_calls: false }],
  ['reasoning.effort', { model: 'gpt-5', reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }],
  ['responseFormat', { responseFormat: { type: 'json' } }, { response_format: { type: 'json_object' } }],
  ['providerOptions', { providerOptions: { dial: own } }, own],
]

test.each(sent)('sends %s', async (_name, change, expected) => {
  const { warnings } = await (await connect({ baseURL: server.url })).chat({ ...request, ...change })
  expect(server.requests[0]?.body).toMatchObject(expected)
  expect(warnings).toEqual([])
})

it('leaves out what DIAL has no word for, and says so', async () => {
  const other = { topK: 3, metadata: { a: 'b' }, reasoning: { effort: 'low' } } as const
  const { warnings } = await (await connect({ baseURL: server.url })).chat({ ...request, ...other })
  expect(server.requests[0]?.body).toEqual({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] })
  expect(warnings.map(({ parameter }) => parameter)).toEqual(['topK', 'metadata', 'reasoning.effort'])
})
