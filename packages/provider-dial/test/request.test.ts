import { startWireServer, type WireServer } from '@llmfb/conformance'
import { type ChatRequest, createKeyPool } from '@llmfb/core/provider'
import { dial } from '@llmfb/provider-dial'
import { deepStrictEqual } from 'node:assert/strict'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { clock, connect, logger, testKey } from './connect.ts'
import { description } from './description.ts'

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
  for (const request of server.requests) deepStrictEqual(description?.problemsOf(request) ?? [], [])
  await server.close()
})

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
  ['maxTokens of a model that reasons', { model: 'gpt-5', maxTokens: 9 }, { max_completion_tokens: 9 }],
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

it('sends what belongs to one call as its headers', async () => {
  const provider = await connect({ baseURL: server.url, headers: { 'X-Job-Title': 'nightly' } })
  const dial = { conversationId: 'c-1', cachePolicy: 'cache-priority', max_prompt_tokens: 4000 }
  await provider.chat({ ...request, providerOptions: { dial } })
  await provider.chat({ ...request, providerOptions: { dial: { jobTitle: 'by day' } } })
  await provider.chat(request)
  const told = server.requests.map(({ headers }) => [
    headers['x-conversation-id'],
    headers['x-job-title'],
    headers['x-dial-cache-policy'],
  ])
  expect(told).toEqual([
    ['c-1', 'nightly', 'cache-priority'],
    [undefined, 'by day', undefined],
    [undefined, 'nightly', undefined],
  ])
  expect(server.requests[0]?.body).toEqual({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Hi' }],
    max_prompt_tokens: 4000,
  })
})

test.each([7, 'два', 'a\r\nb'])('refuses %j as a header', async (jobTitle) => {
  const provider = await connect({ baseURL: server.url })
  await expect(provider.chat({ ...request, providerOptions: { dial: { jobTitle } } })).rejects.toMatchObject({
    kind: 'invalid-request',
    message: expect.stringContaining('providerOptions.dial.jobTitle'),
  })
  expect(server.requests).toEqual([])
})

describe('cache breakpoints', () => {
  const mark = { cacheBreakpoint: {} } as const
  const marked = (ttl?: string): object => ({ custom_fields: { cache_breakpoint: ttl === undefined ? {} : { ttl } } })
  const change: Partial<ChatRequest> = {
    tools: [{ ...tools[0], ...mark }],
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Long.', cacheBreakpoint: { ttl: '1h' } }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', cacheBreakpoint: { ttl: '5m' } },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', id: 'x', name: 'weather', arguments: '{}' },
          { type: 'tool-call', id: 'y', name: 'weather', arguments: '{}' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'x', content: 'dry' },
          { type: 'tool-result', toolCallId: 'y', content: 'wet', ...mark },
        ],
      },
    ],
  }

  it('stand on messages and tools, for the models that take them', async () => {
    const provider = await connect({ baseURL: server.url })
    const { warnings } = await provider.chat({ ...request, ...change, model: 'anthropic.claude-sonnet-4-5' })
    expect(warnings).toEqual([])
    expect(server.requests[0]?.body).toMatchObject({
      tools: [{ type: 'function', ...marked() }],
      messages: [
        { role: 'system', content: 'Long.', ...marked('1h') },
        { role: 'user', content: [{ text: 'a' }, { text: 'b' }], ...marked('5m') },
        { role: 'assistant' },
        { role: 'tool', tool_call_id: 'x', content: 'dry' },
        { role: 'tool', tool_call_id: 'y', content: 'wet', ...marked() },
      ],
    })
    expect(JSON.stringify(server.requests[0]?.body).match(/custom_fields/g)).toHaveLength(4)
    await provider.chat({ ...request, ...change })
    expect(JSON.stringify(server.requests[1]?.body)).not.toContain('custom_fields')
  })

  it('are the last four', async () => {
    const messages = ['a', 'b', 'c', 'd'].map((text) => {
      return { role: 'user', content: [{ type: 'text', text, ...mark }] } as const
    })
    const provider = await connect({ baseURL: server.url })
    const asked = { ...request, tools: [{ ...tools[0], ...mark }], messages, model: 'claude-sonnet-4-5' }
    const { warnings } = await provider.chat(asked)
    const body = server.requests[0]?.body as { readonly tools: object[]; readonly messages: object[] }
    expect(body.tools[0]).not.toHaveProperty('custom_fields')
    expect(body.messages).toEqual(['a', 'b', 'c', 'd'].map((content) => ({ role: 'user', content, ...marked() })))
    expect(warnings).toMatchObject([{ type: 'changed', parameter: 'cacheBreakpoint' }])
  })
})
