import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest } from '@llmfb/core/provider'
import { xai } from '@llmfb/provider-xai'
import { afterEach, beforeEach, expect, it, test, vi } from 'vitest'
import { clock, connect, logger } from './connect.ts'

const api = 'chat-completions'
const request: ChatRequest = { model: 'grok-4.3', messages: [{ role: 'user', content: 'Hi' }] }
const plain = 'grok-4.20-non-reasoning'
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

it('takes key and address from the credentials, unless they are passed in code', async () => {
  const credentials = { XAI_API_KEY: 'credential-key', XAI_BASE_URL: `${server.url}/credential` }
  const context = { id: 'xai', credentials, clock, logger }
  await (await xai({ api }).create(context)).chat(request)
  await (await xai({ api, apiKey: 'option-key', baseURL: `${server.url}/option` }).create(context)).chat(request)
  expect(server.requests.map(({ path, headers }) => [path, headers['authorization']])).toEqual([
    ['/credential/chat/completions', 'Bearer credential-key'],
    ['/option/chat/completions', 'Bearer option-key'],
  ])
})

it('goes to xAI without an address, whatever the environment says', async () => {
  vi.stubEnv('OPENAI_BASE_URL', server.url)
  vi.stubEnv('XAI_BASE_URL', server.url)
  const asked: string[] = []
  const provider = await connect({
    api,
    fetch: async (url) => {
      asked.push(url instanceof Request ? url.url : String(url))
      return Response.json({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] })
    },
  })
  expect((await provider.chat(request)).text).toBe('Hello.')
  expect(asked).toEqual(['https://api.x.ai/v1/chat/completions'])
})

const format = { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } }

const sent: readonly (readonly [string, Partial<ChatRequest>, Readonly<Record<string, unknown>>])[] = [
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.9 }, { top_p: 0.9 }],
  ['maxTokens', { maxTokens: 9 }, { max_completion_tokens: 9 }],
  ['seed', { seed: 7 }, { seed: 7 }],
  ['user', { user: 'u-1' }, { user: 'u-1' }],
  ['stop', { model: plain, stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ['toolChoice', { tools, toolChoice: 'required' }, { tool_choice: 'required' }],
  ['parallelToolCalls', { tools, parallelToolCalls: false }, { parallel_tool_calls: false }],
  ['reasoning.effort', { reasoning: { effort: 'medium' } }, { reasoning_effort: 'medium' }],
  [
    'responseFormat',
    { responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' } } },
    { response_format: format },
  ],
  [
    'providerOptions',
    { providerOptions: { xai: { search_parameters: { mode: 'on' } } } },
    { search_parameters: { mode: 'on' } },
  ],
]

test.each(sent)('sends %s', async (_name, change, expected) => {
  const { warnings } = await (await connect({ baseURL: server.url, api })).chat({ ...request, ...change })
  expect(server.requests[0]?.body).toMatchObject(expected)
  expect(warnings).toEqual([])
})

test.each([
  ['grok-4', ['stop', 'presencePenalty', 'frequencyPenalty', 'metadata', 'topK', 'reasoning.effort']],
  [
    'grok-4-fast-non-reasoning',
    ['stop', 'presencePenalty', 'frequencyPenalty', 'metadata', 'topK', 'reasoning.effort'],
  ],
  ['grok-build-0.1', ['stop', 'presencePenalty', 'frequencyPenalty', 'metadata', 'topK', 'reasoning.effort']],
  ['grok-4.3', ['stop', 'presencePenalty', 'frequencyPenalty', 'metadata', 'topK']],
  [plain, ['presencePenalty', 'frequencyPenalty', 'metadata', 'topK', 'reasoning.effort']],
])('leaves out what %s refuses, and says so', async (model, refused) => {
  const provider = await connect({ baseURL: server.url, api })
  const all = { stop: ['x'], presencePenalty: 1, frequencyPenalty: 1, metadata: { a: 'b' }, topK: 3 } as const
  const { warnings } = await provider.chat({ ...request, ...all, model, reasoning: { effort: 'low' } })
  expect(new Set(warnings.map(({ parameter }) => parameter))).toEqual(new Set(refused))
  const body = server.requests[0]?.body as object
  expect('stop' in body).toBe(!refused.includes('stop'))
  expect('reasoning_effort' in body).toBe(!refused.includes('reasoning.effort'))
})

it('takes the effort next to the one that the model does not know', async () => {
  const { warnings } = await (
    await connect({ baseURL: server.url, api })
  ).chat({
    ...request,
    model: 'grok-4.5',
    reasoning: { effort: 'xhigh' },
  })
  expect(server.requests[0]?.body).toMatchObject({ reasoning_effort: 'high' })
  expect(warnings).toMatchObject([{ type: 'changed', parameter: 'reasoning.effort' }])
})
