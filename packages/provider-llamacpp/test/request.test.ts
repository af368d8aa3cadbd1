import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest } from '@llmfb/core/provider'
import { llamacpp } from '@llmfb/provider-llamacpp'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { clock, connect, rejectionOf } from './connect.ts'

const request: ChatRequest = { model: 'local', messages: [{ role: 'user', content: 'Hi' }] }
const weather = { name: 'weather', parameters: { type: 'object' } } as const
const time = { name: 'time', parameters: { type: 'object' } } as const
const tools = [weather, time]
const silent = (): void => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }),
  })
})
afterEach(() => server.close())

it('takes address and key from the credentials, unless they are passed in code, and sends no key without one', async () => {
  const context = { id: 'llamacpp', clock, logger }
  const credentials = { LLAMA_SERVER_URL: `${server.url}/a/v1/`, LLAMA_API_KEY: 'credential-key' }
  await (await llamacpp().create({ ...context, credentials })).chat(request)
  await (
    await llamacpp({ apiKey: 'option-key', baseURL: `${server.url}/b` }).create({ ...context, credentials })
  ).chat(request)
  await (await llamacpp({ baseURL: server.url }).create({ ...context, credentials: {} })).chat(request)
  expect(server.requests.map(({ path, headers }) => [path, headers['authorization']])).toEqual([
    ['/a/v1/chat/completions', 'Bearer credential-key'],
    ['/b/v1/chat/completions', 'Bearer option-key'],
    ['/v1/chat/completions', undefined],
  ])
})

const reasoning = (effort: string): Readonly<Record<string, unknown>> => ({
  reasoning_effort: effort,
  chat_template_kwargs: { enable_thinking: true, reasoning_effort: effort },
})
const called = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }

const sent: readonly (readonly [string, Partial<ChatRequest>, Readonly<Record<string, unknown>>])[] = [
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.9 }, { top_p: 0.9 }],
  ['topK', { topK: 40 }, { top_k: 40 }],
  ['maxTokens', { maxTokens: 9 }, { max_tokens: 9 }],
  ['stop', { stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ['seed', { seed: 7 }, { seed: 7 }],
  ['presencePenalty', { presencePenalty: 1 }, { presence_penalty: 1 }],
  ['frequencyPenalty', { frequencyPenalty: -1 }, { frequency_penalty: -1 }],
  ['parallelToolCalls', { tools, parallelToolCalls: true }, { parallel_tool_calls: true }],
  ['toolChoice none', { tools, toolChoice: 'none' }, { tool_choice: 'none' }],
  ['toolChoice required', { tools, toolChoice: 'required' }, { tool_choice: 'required' }],
  ['a named tool, alone', { tools, toolChoice: { tool: 'weather' } }, { tool_choice: 'required', tools: [called] }],
  ['reasoning.effort', { reasoning: { effort: 'high' } }, reasoning('high')],
  ['reasoning.effort minimal', { reasoning: { effort: 'minimal' } }, reasoning('minimal')],
  [
    'reasoning.effort none',
    { reasoning: { effort: 'none' } },
    { reasoning_effort: 'none', chat_template_kwargs: { enable_thinking: false } },
  ],
  [
    'reasoning.budgetTokens',
    { reasoning: { budgetTokens: 512 } },
    { thinking_budget_tokens: 512, reasoning_budget_tokens: 512 },
  ],
  [
    'an effort and a budget',
    { reasoning: { effort: 'high', budgetTokens: 512 } },
    { ...reasoning('high'), thinking_budget_tokens: 512, reasoning_budget_tokens: 512 },
  ],
  ['responseFormat json', { responseFormat: { type: 'json' } }, { response_format: { type: 'json_object' } }],
  [
    'responseFormat json-schema',
    { responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' } } },
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'city', schema: { type: 'object' }, strict: true },
      },
    },
  ],
  [
    'providerOptions',
    {
      providerOptions: { llamacpp: { grammar: 'root ::= "a"', chat_template_kwargs: { a: 1 } } },
      reasoning: { effort: 'low' },
    },
    { grammar: 'root ::= "a"', reasoning_effort: 'low', chat_template_kwargs: { a: 1 } },
  ],
]

test.each(sent)('sends %s', async (_name, change, expected) => {
  const { warnings } = await (await connect({ baseURL: server.url })).chat({ ...request, ...change })
  const { messages: _messages, model, ...body } = { ...(server.requests[0]?.body as Record<string, unknown>) }
  expect(model).toBe('local')
  const without =
    'tools' in expected ? body : Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'tools'))
  expect(without).toEqual(expected)
  expect(warnings).toEqual([])
})

it('leaves out what the server does not take, and says so', async () => {
  const provider = await connect({ baseURL: server.url })
  const { warnings } = await provider.chat({
    ...request,
    user: 'u',
    metadata: { a: 'b' },
  })
  expect(server.requests[0]?.body).toEqual({ model: 'local', messages: [{ role: 'user', content: 'Hi' }] })
  expect(warnings.map(({ parameter }) => parameter)).toEqual(['user', 'metadata'])
})

it('refuses a named tool that is not among the tools, as an answer and as a stream', async () => {
  const provider = await connect({ baseURL: server.url })
  const wrong: ChatRequest = { ...request, tools, toolChoice: { tool: 'another' } }
  const expected = { kind: 'invalid-request', provider: 'llamacpp', message: expect.stringContaining('toolChoice') }
  expect(await rejectionOf(provider.chat(wrong))).toMatchObject(expected)
  const stream = provider.stream(wrong)[Symbol.asyncIterator]()
  expect(await rejectionOf(stream.next())).toMatchObject(expected)
  expect(server.requests).toEqual([])
})

it('sends reasoning back with the history', async () => {
  const provider = await connect({ baseURL: server.url })
  await provider.chat({
    ...request,
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Greet.' },
          { type: 'text', text: 'Hello.' },
        ],
      },
      { role: 'user', content: 'And?' },
    ],
  })
  expect(server.requests[0]?.body).toMatchObject({
    messages: [{}, { role: 'assistant', content: 'Hello.', reasoning_content: 'Greet.' }, {}],
  })
})
