import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest } from '@llmfb/core/provider'
import { openrouter } from '@llmfb/provider-openrouter'
import { deepStrictEqual } from 'node:assert/strict'
import { afterEach, beforeEach, expect, it, test, vi } from 'vitest'
import { clock, connect, logger } from './connect.ts'
import { description } from './description.ts'

const request: ChatRequest = { model: 'anthropic/claude-sonnet-4.6', messages: [{ role: 'user', content: 'Hi' }] }
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
  for (const sent of server.requests) deepStrictEqual(description?.problemsOf(sent) ?? [], [])
  await server.close()
})

it('takes key and address from the credentials, unless they are passed in code', async () => {
  const credentials = { OPENROUTER_API_KEY: 'credential-key', OPENROUTER_BASE_URL: `${server.url}/credential` }
  const context = { id: 'openrouter', credentials, clock, logger }
  await (await openrouter().create(context)).chat(request)
  await (await openrouter({ apiKey: 'option-key', baseURL: `${server.url}/option` }).create(context)).chat(request)
  expect(server.requests.map(({ path, headers }) => [path, headers['authorization']])).toEqual([
    ['/credential/chat/completions', 'Bearer credential-key'],
    ['/option/chat/completions', 'Bearer option-key'],
  ])
})

it('goes to OpenRouter without an address, whatever the environment says', async () => {
  vi.stubEnv('OPENAI_BASE_URL', server.url)
  vi.stubEnv('OPENROUTER_BASE_URL', server.url)
  const asked: string[] = []
  const provider = await connect({
    fetch: async (url) => {
      asked.push(url instanceof Request ? url.url : String(url))
      return Response.json({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] })
    },
  })
  expect((await provider.chat(request)).text).toBe('Hello.')
  expect(asked).toEqual(['https://openrouter.ai/api/v1/chat/completions'])
})

it('says who calls, where it is told to', async () => {
  await (await connect({ baseURL: server.url })).chat(request)
  const named = { baseURL: server.url, siteUrl: 'https://acme.example', siteName: 'Acme' } as const
  await (await connect(named)).chat(request)
  await (await connect({ ...named, headers: { 'X-Title': 'Other' } })).chat(request)
  expect(server.requests.map(({ headers }) => [headers['http-referer'], headers['x-title']])).toEqual([
    [undefined, undefined],
    ['https://acme.example', 'Acme'],
    ['https://acme.example', 'Other'],
  ])
})

it('sends its routing with every request that has none of its own, and other models through providerOptions', async () => {
  const provider = await connect({ baseURL: server.url, routing: { order: ['anthropic'], require_parameters: true } })
  await provider.chat(request)
  const models = ['anthropic/claude-sonnet-4.6', 'openai/gpt-5.1']
  await provider.chat({ ...request, providerOptions: { openrouter: { models, provider: { sort: 'price' } } } })
  expect(server.requests.map(({ body }) => body)).toEqual([
    {
      model: request.model,
      messages: [{ role: 'user', content: 'Hi' }],
      provider: { order: ['anthropic'], require_parameters: true },
    },
    { model: request.model, messages: [{ role: 'user', content: 'Hi' }], models, provider: { sort: 'price' } },
  ])
})

const format = { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } }

const sent: readonly (readonly [string, Partial<ChatRequest>, Readonly<Record<string, unknown>>])[] = [
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.9 }, { top_p: 0.9 }],
  ['topK', { topK: 40 }, { top_k: 40 }],
  ['maxTokens', { maxTokens: 9 }, { max_tokens: 9 }],
  ['stop', { stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ['seed', { seed: 7 }, { seed: 7 }],
  ['presencePenalty', { presencePenalty: 1 }, { presence_penalty: 1 }],
  ['frequencyPenalty', { frequencyPenalty: -1 }, { frequency_penalty: -1 }],
  ['user', { user: 'u-1' }, { user: 'u-1' }],
  ['toolChoice', { tools, toolChoice: 'required' }, { tool_choice: 'required' }],
  ['parallelToolCalls', { tools, parallelToolCalls: false }, { parallel_tool_calls: false }],
  ['reasoning.effort', { reasoning: { effort: 'xhigh' } }, { reasoning: { effort: 'xhigh' } }],
  ['reasoning.budgetTokens', { reasoning: { budgetTokens: 2000 } }, { reasoning: { max_tokens: 2000 } }],
  [
    'responseFormat',
    { responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' } } },
    { response_format: format },
  ],
  [
    'a file by URL',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'file', file: { url: 'https://a.example/b.pdf', mediaType: 'application/pdf' } }],
        },
      ],
    },
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'file', file: { filename: 'file.pdf', file_data: 'https://a.example/b.pdf' } }],
        },
      ],
    },
  ],
  [
    'a picture in a result',
    {
      messages: [
        { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'chart', arguments: '{}' }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'a',
              content: [
                { type: 'text', text: 'See.' },
                { type: 'image', image: { url: 'https://a.example/b.png' } },
              ],
            },
          ],
        },
      ],
    },
    {
      messages: [
        { role: 'assistant' },
        {
          role: 'tool',
          tool_call_id: 'a',
          content: [
            { type: 'text', text: 'See.' },
            { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
          ],
        },
      ],
    },
  ],
  [
    'a cache breakpoint',
    { messages: [{ role: 'system', content: [{ type: 'text', text: 'Long.', cacheBreakpoint: { ttl: '1h' } }] }] },
    {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      ],
    },
  ],
]

test.each(sent)('sends %s', async (_name, change, expected) => {
  const { warnings } = await (await connect({ baseURL: server.url })).chat({ ...request, ...change })
  expect(server.requests[0]?.body).toMatchObject(expected)
  expect(warnings).toEqual([])
})

it('sends a budget alone where an effort is asked for as well, and says so', async () => {
  const { warnings } = await (
    await connect({ baseURL: server.url })
  ).chat({
    ...request,
    metadata: { a: 'b' },
    reasoning: { effort: 'low', budgetTokens: 2000 },
  })
  expect(server.requests[0]?.body).toMatchObject({ reasoning: { max_tokens: 2000 } })
  expect(warnings.map(({ parameter }) => parameter)).toEqual(['metadata', 'reasoning.effort'])
})

it('marks the end of tools, texts, turns and results, for models that have breakpoints', async () => {
  const mark = { cacheBreakpoint: {} } as const
  const change: Partial<ChatRequest> = {
    tools: [{ ...tools[0], ...mark }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Weather?', ...mark }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me ', ...mark },
          { type: 'text', text: 'see.' },
          { type: 'tool-call', id: 'a', name: 'weather', arguments: '{}' },
          { type: 'tool-call', id: 'b', name: 'weather', arguments: '{}' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', content: 'dry', cacheBreakpoint: { ttl: '5m' } },
          { type: 'tool-result', toolCallId: 'b', content: [{ type: 'text', text: 'wet' }] },
        ],
      },
    ],
  }
  const provider = await connect({ baseURL: server.url })
  const marked = { cache_control: { type: 'ephemeral' } }
  const calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'weather', arguments: '{}' } }))
  await provider.chat({ ...request, ...change, model: 'google/gemini-2.5-flash' })
  expect(server.requests.at(-1)?.body).toMatchObject({
    tools: [{ type: 'function', ...marked }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Weather?', ...marked }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me ', ...marked },
          { type: 'text', text: 'see.' },
        ],
        tool_calls: calls,
      },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [{ type: 'text', text: 'dry', cache_control: { type: 'ephemeral', ttl: '5m' } }],
      },
      { role: 'tool', tool_call_id: 'b', content: 'wet' },
    ],
  })
  const { warnings } = await provider.chat({ ...request, ...change, model: 'openai/gpt-5.1' })
  expect(JSON.stringify(server.requests.at(-1)?.body)).not.toContain('cache_control')
  expect(warnings).toEqual([])
})

it('sends the last four breakpoints of five, tools first', async () => {
  const mark = { cacheBreakpoint: {} } as const
  const text = (words: string) => ({ type: 'text', text: words, ...mark }) as const
  const { warnings } = await (
    await connect({ baseURL: server.url })
  ).chat({
    ...request,
    tools: [{ ...tools[0], ...mark }],
    messages: [
      { role: 'system', content: [text('a')] },
      { role: 'user', content: [text('b'), text('c'), text('d')] },
    ],
  })
  const body = server.requests[0]?.body as { readonly tools: object[]; readonly messages: { content: object[] }[] }
  expect(body.tools[0]).not.toHaveProperty('cache_control')
  for (const { content } of body.messages) {
    for (const part of content) expect(part).toHaveProperty('cache_control', { type: 'ephemeral' })
  }
  expect(warnings).toMatchObject([{ type: 'changed', parameter: 'cacheBreakpoint' }])
})
