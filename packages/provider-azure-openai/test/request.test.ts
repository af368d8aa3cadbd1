import type { AzureSearchChatExtensionConfiguration, ChatCompletionCreateParamsNonStreaming } from '@azure/openai/types'
import { startWireServer, type WireServer } from '@llmfb/conformance'
import { type ChatRequest, createKeyPool } from '@llmfb/core/provider'
import { azureOpenAI } from '@llmfb/provider-azure-openai'
import { afterEach, beforeEach, expect, it, test, vi } from 'vitest'
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
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

const paths = (): string[] => server.requests.map(({ path }) => path)

it('speaks the v1 API, whose models are deployments', async () => {
  await (await connect({ baseURL: server.url })).chat(request)
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    path: '/openai/v1/chat/completions',
    body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
  })
})

it('speaks the API of deployments where it is told to', async () => {
  const classic = { baseURL: server.url, api: 'deployments' } as const
  await (await connect(classic)).chat({ ...request, model: 'our chat/2' })
  await (await connect({ ...classic, apiVersion: '2025-04-01-preview' })).chat(request)
  await (await connect({ baseURL: server.url, apiVersion: 'preview' })).chat(request)
  expect(paths()).toEqual([
    '/openai/deployments/our%20chat%2F2/chat/completions?api-version=2024-10-21',
    '/openai/deployments/gpt-4o/chat/completions?api-version=2025-04-01-preview',
    '/openai/v1/chat/completions?api-version=preview',
  ])
})

test.each(['', '/', '/openai', '/openai/', '/openai/v1', '/openai/v1/'])(
  'takes the address of the resource with %j behind it',
  async (end) => {
    await (await connect({ baseURL: server.url + end })).chat(request)
    await (await connect({ baseURL: server.url + end, api: 'deployments' })).chat(request)
    expect(paths()).toEqual([
      '/openai/v1/chat/completions',
      '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    ])
  },
)

test.each(['chat-completions', 'deployments'] as const)(
  'sends a key as `api-key`, and a token as bearer, to %s',
  async (api) => {
    let count = 0
    const shared = { baseURL: server.url, api } as const
    await (await connect(shared)).chat(request)
    await (await connect({ ...shared, apiKey: async () => 'fetched-key' })).chat(request)
    const entra = await connect({ ...shared, entraToken: async () => `entra-token-${++count}` })
    await entra.chat(request)
    await entra.chat(request)
    expect(server.requests.map(({ headers }) => [headers['api-key'], headers['authorization']])).toEqual([
      [testKey, undefined],
      ['fetched-key', undefined],
      [undefined, 'Bearer entra-token-1'],
      [undefined, 'Bearer entra-token-2'],
    ])
  },
)

it('fails without a token, and says nothing of why it could not be had', async () => {
  const provider = await connect({
    baseURL: server.url,
    entraToken: () => Promise.reject(new Error('the identity service is down')),
  })
  await expect(provider.chat(request)).rejects.toMatchObject({ kind: 'unknown', provider: 'azure-openai' })
  expect(server.requests).toEqual([])
})

it('sends the key of a pool that it is told, and a token whatever it is told', async () => {
  const pool = createKeyPool(['first-key', 'second-key'])
  const [, second = ''] = pool.fingerprints
  expect(azureOpenAI({ apiKey: pool }).keys).toBe(pool)
  expect(azureOpenAI({ entraToken: () => 'a-token' }).keys).toBeUndefined()
  const keyed = await connect({ baseURL: server.url, apiKey: pool })
  const withToken = await connect({ baseURL: server.url, entraToken: () => 'a-token' })
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
  vi.stubEnv('AZURE_OPENAI_ENDPOINT', 'http://127.0.0.1:9/environment')
  vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/environment')
  vi.stubEnv('OPENAI_API_VERSION', '2020-01-01')
  const credentials = { AZURE_OPENAI_API_KEY: 'credential-key', AZURE_OPENAI_ENDPOINT: `${server.url}/credential` }
  const context = { id: 'azure-openai', credentials, clock, logger }
  await (await azureOpenAI().create(context)).chat(request)
  await (await azureOpenAI({ apiKey: 'option-key', baseURL: `${server.url}/option` }).create(context)).chat(request)
  expect(server.requests.map(({ path, headers }) => [path, headers['api-key']])).toEqual([
    ['/credential/openai/v1/chat/completions', 'credential-key'],
    ['/option/openai/v1/chat/completions', 'option-key'],
  ])
})

it("takes what Azure's own types describe through providerOptions", async () => {
  const options = {
    data_sources: [
      {
        type: 'azure_search',
        parameters: {
          endpoint: 'https://s.example',
          index_name: 'docs',
          authentication: { type: 'system_assigned_managed_identity' },
        },
      } satisfies AzureSearchChatExtensionConfiguration,
    ],
  } satisfies Pick<ChatCompletionCreateParamsNonStreaming, 'data_sources'>
  await (await connect({ baseURL: server.url })).chat({ ...request, providerOptions: { 'azure-openai': options } })
  expect(server.requests[0]?.body).toMatchObject(options)
})

const sent: readonly (readonly [string, Partial<ChatRequest>, Readonly<Record<string, unknown>>])[] = [
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.9 }, { top_p: 0.9 }],
  ['maxTokens', { maxTokens: 9 }, { max_completion_tokens: 9 }],
  ['stop', { stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ['seed', { seed: 7 }, { seed: 7 }],
  ['presencePenalty', { presencePenalty: 1 }, { presence_penalty: 1 }],
  ['frequencyPenalty', { frequencyPenalty: -1 }, { frequency_penalty: -1 }],
  ['user', { user: 'u-1' }, { user: 'u-1' }],
  [
    'metadata',
    { metadata: { team: 'a' }, providerOptions: { 'azure-openai': { store: true } } },
    { metadata: { team: 'a' }, store: true },
  ],
  [
    'toolChoice',
    { tools, toolChoice: { tool: 'weather' } },
    { tool_choice: { type: 'function', function: { name: 'weather' } } },
  ],
  ['parallelToolCalls', { tools, parallelToolCalls: false }, { parallel_tool_calls: false }],
  ['reasoning.effort', { model: 'gpt-5', reasoning: { effort: 'minimal' } }, { reasoning_effort: 'minimal' }],
  ['responseFormat', { responseFormat: { type: 'json' } }, { response_format: { type: 'json_object' } }],
]

test.each(sent)('sends %s', async (_name, change, expected) => {
  const { warnings } = await (await connect({ baseURL: server.url })).chat({ ...request, ...change })
  expect(server.requests[0]?.body).toMatchObject(expected)
  expect(warnings).toEqual([])
})

it('does not let a model reason that then calls no tools', async () => {
  const provider = await connect({ baseURL: server.url, api: 'deployments', models: { chat: 'gpt-5.4' } })
  const { warnings } = await provider.chat({ ...request, model: 'chat', tools, reasoning: { effort: 'low' } })
  expect(server.requests[0]?.body).toMatchObject({ reasoning_effort: 'none' })
  expect(warnings.map(({ type, parameter }) => [type, parameter])).toEqual([['changed', 'reasoning.effort']])
})

it('knows what a deployment takes by its model, whatever it is called', async () => {
  const provider = await connect({ baseURL: server.url, models: { chat: 'gpt-5' } })
  const tuned = { temperature: 1, topP: 1, stop: ['x'], presencePenalty: 1, frequencyPenalty: 1, topK: 1 } as const
  const { warnings } = await provider.chat({ ...request, ...tuned, model: 'chat', reasoning: { effort: 'low' } })
  expect(server.requests[0]?.body).toEqual({
    model: 'chat',
    messages: [{ role: 'user', content: 'Hi' }],
    reasoning_effort: 'low',
  })
  expect(new Set(warnings.map(({ parameter }) => parameter))).toEqual(new Set(Object.keys(tuned)))
  expect(provider.capabilities('constructor').parameters).toHaveProperty('temperature')
})
