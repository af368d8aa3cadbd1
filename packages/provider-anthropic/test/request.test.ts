import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, Warning } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageAnswer } from './answers.ts'
import { collect, connect, failureOf, testKey } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
  server.answer(messageAnswer())
})
afterAll(() => server.close())

const hello = [{ role: 'user', content: 'Hello' }] as const
const tool = {
  name: 'weather',
  description: 'Tells it',
  parameters: { properties: { city: { type: 'string' } } },
} as const
const wireTool = {
  name: 'weather',
  description: 'Tells it',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
}
const text = (content: string): unknown => ({ type: 'text', text: content })
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47])
const base64Png = 'iVBORw=='

interface Row {
  readonly name: string
  readonly request: Partial<ChatRequest>
  /** Fields of the body; undefined for one that must not be there. */
  readonly body: Readonly<Record<string, unknown>>
  /** Parameters of the warnings. */
  readonly warnings?: readonly Warning['parameter'][]
}

const rows: readonly Row[] = [
  {
    name: 'a question',
    request: {},
    body: {
      model: 'claude-sonnet-4-6',
      max_tokens: 128_000,
      messages: [{ role: 'user', content: [text('Hello')] }],
      stream: false,
      system: undefined,
      tools: undefined,
      tool_choice: undefined,
      thinking: undefined,
      output_config: undefined,
    },
  },
  { name: 'the most tokens of the model', request: { model: 'claude-3-5-haiku-20241022' }, body: { max_tokens: 8192 } },
  { name: 'a default for unknown models', request: { model: 'somebody-else' }, body: { max_tokens: 4096 } },
  {
    name: 'parameters',
    request: { maxTokens: 9, stop: ['END'], user: 'u1' },
    body: { max_tokens: 9, stop_sequences: ['END'], metadata: { user_id: 'u1' } },
  },
  {
    name: 'parameters the service does not take',
    request: {
      temperature: 0,
      topP: 1,
      topK: 5,
      seed: 1,
      presencePenalty: 1,
      frequencyPenalty: 1,
      metadata: { a: 'b' },
    },
    body: { temperature: undefined, top_p: undefined, top_k: undefined, seed: undefined, metadata: undefined },
    warnings: ['temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty', 'metadata'],
  },
  {
    name: 'several system messages',
    request: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'system', content: [{ type: 'text', text: 'Be kind.', cacheBreakpoint: { ttl: '1h' } }] },
        ...hello,
      ],
    },
    body: {
      system: [text('Be brief.'), { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [{ role: 'user', content: [text('Hello')] }],
    },
  },
  {
    name: 'a system message in the middle, where the model takes one',
    request: {
      model: 'claude-opus-4-8',
      messages: [...hello, { role: 'system', content: 'Now in French.' }, { role: 'system', content: 'And rhyme.' }],
    },
    body: {
      system: undefined,
      messages: [
        { role: 'user', content: [text('Hello')] },
        { role: 'system', content: [text('Now in French.'), text('And rhyme.')] },
      ],
    },
  },
  {
    name: 'a system message in the middle, at a place the service refuses',
    request: {
      model: 'claude-opus-4-8',
      messages: [...hello, { role: 'system', content: 'Now in French.' }, { role: 'user', content: 'Well?' }],
    },
    body: {
      system: [text('Now in French.')],
      messages: [{ role: 'user', content: [text('Hello'), text('Well?')] }],
    },
    warnings: ['messages[1]'],
  },
  {
    name: 'a system message in the middle, where the model takes none',
    request: { messages: [...hello, { role: 'assistant', content: 'Hi' }, { role: 'system', content: 'Stop.' }] },
    body: {
      system: [text('Stop.')],
      messages: [
        { role: 'user', content: [text('Hello')] },
        { role: 'assistant', content: [text('Hi')] },
      ],
    },
    warnings: ['messages[2]'],
  },
  {
    name: 'neighbours of one role, and texts without a visible character',
    request: {
      messages: [
        { role: 'user', content: 'One' },
        {
          role: 'user',
          content: [
            { type: 'text', text: ' \n' },
            { type: 'text', text: 'Two' },
          ],
        },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'Three' },
      ],
    },
    body: { messages: [{ role: 'user', content: [text('One'), text('Two'), text('Three')] }] },
  },
  {
    name: 'pictures',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', image: { url: 'https://example.com/a.png' }, detail: 'auto' },
            { type: 'image', image: { data: png, mediaType: 'image/png' }, cacheBreakpoint: {} },
            { type: 'image', image: { url: `data:image/png;base64,${base64Png}` }, detail: 'low' },
          ],
        },
      ],
    },
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: base64Png },
              cache_control: { type: 'ephemeral' },
            },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64Png } },
          ],
        },
      ],
    },
    warnings: ['messages[0].content[2].detail'],
  },
  {
    name: 'documents',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file: { data: 'JVBERi0=', mediaType: 'application/pdf' }, filename: 'a.pdf' },
            { type: 'file', file: { url: 'https://example.com/b.pdf' } },
            {
              type: 'file',
              file: { data: new TextEncoder().encode('grün'), mediaType: 'text/markdown; charset=utf-8' },
            },
            { type: 'file', file: { url: 'data:,a%20b' } },
            { type: 'file', file: { data: png, mediaType: 'image/png' } },
          ],
        },
      ],
    },
    body: {
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
              title: 'a.pdf',
            },
            { type: 'document', source: { type: 'url', url: 'https://example.com/b.pdf' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'grün' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a b' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64Png } },
          ],
        },
      ],
    },
  },
  {
    name: 'parallel tool calls and their results in one turn, before what the user says',
    request: {
      tools: [tool],
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'call:1', name: 'weather', arguments: '{"city":"Rome"}' },
            { type: 'tool-call', id: 'toolu_2', name: 'weather', arguments: '' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call:1', content: 'sunny' }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'toolu_2',
              isError: true,
              content: [
                { type: 'text', text: 'no city' },
                { type: 'image', image: { url: 'https://example.com/a.png' } },
              ],
              cacheBreakpoint: { ttl: '5m' },
            },
          ],
        },
        { role: 'user', content: 'So?' },
      ],
    },
    body: {
      tools: [wireTool],
      messages: [
        { role: 'user', content: [text('Hello')] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'call_3a1', name: 'weather', input: { city: 'Rome' } },
            { type: 'tool_use', id: 'toolu_2', name: 'weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_3a1', content: 'sunny' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_2',
              is_error: true,
              content: [text('no city'), { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }],
              cache_control: { type: 'ephemeral', ttl: '5m' },
            },
            text('So?'),
          ],
        },
      ],
    },
  },
  {
    name: 'a strict, cached tool',
    request: { tools: [{ ...tool, strict: true, cacheBreakpoint: {} }] },
    body: { tools: [{ ...wireTool, strict: true, cache_control: { type: 'ephemeral' } }], tool_choice: undefined },
  },
  { name: 'tool choice auto', request: { tools: [tool], toolChoice: 'auto' }, body: { tool_choice: { type: 'auto' } } },
  { name: 'tool choice none', request: { tools: [tool], toolChoice: 'none' }, body: { tool_choice: { type: 'none' } } },
  {
    name: 'tool choice required, one at a time',
    request: { tools: [tool], toolChoice: 'required', parallelToolCalls: false },
    body: { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
  },
  {
    name: 'a tool by name',
    request: { tools: [tool], toolChoice: { tool: 'weather' }, parallelToolCalls: true },
    body: { tool_choice: { type: 'tool', name: 'weather' } },
  },
  {
    name: 'one tool at a time',
    request: { tools: [tool], parallelToolCalls: false },
    body: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  },
  {
    name: 'JSON by schema, with an effort',
    request: {
      responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' } },
      reasoning: { effort: 'low' },
    },
    body: {
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
      thinking: { type: 'adaptive', display: 'summarized' },
    },
  },
  {
    name: 'a schema with what the service does not take',
    request: { responseFormat: { type: 'json-schema', schema: {}, description: 'A city', strict: false } },
    body: { output_config: { format: { type: 'json_schema', schema: {} } } },
    warnings: ['responseFormat.description', 'responseFormat.strict'],
  },
  {
    name: 'a thinking budget',
    request: { model: 'claude-sonnet-4-5', reasoning: { budgetTokens: 2048 } },
    body: { thinking: { type: 'enabled', budget_tokens: 2048 }, output_config: undefined },
  },
  {
    name: 'a budget in the midst of a turn that another model began',
    request: {
      model: 'claude-sonnet-4-5',
      tools: [tool],
      reasoning: { budgetTokens: 2048 },
      messages: [
        ...hello,
        { role: 'assistant', content: [{ type: 'tool-call', id: 't1', name: 'weather', arguments: '{}' }] },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', content: 'sunny' }] },
      ],
    },
    body: { thinking: undefined },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'a budget where the answer has begun',
    request: {
      model: 'claude-sonnet-4-5',
      reasoning: { budgetTokens: 2048 },
      messages: [...hello, { role: 'assistant', content: 'It is' }],
    },
    body: { thinking: undefined },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'a budget in the midst of a turn that began with a thought',
    request: {
      model: 'claude-sonnet-4-5',
      tools: [tool],
      reasoning: { budgetTokens: 2048 },
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'Hm',
              opaque: { issuer: 'anthropic', data: { type: 'thinking', signature: 's' } },
            },
            { type: 'tool-call', id: 't1', name: 'weather', arguments: '{}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', content: 'sunny' }] },
      ],
    },
    body: { thinking: { type: 'enabled', budget_tokens: 2048 } },
  },
  {
    name: 'a budget where the model takes an effort',
    request: { model: 'claude-opus-5', reasoning: { budgetTokens: 2048, effort: 'xhigh' } },
    body: { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'an effort where the model takes a budget',
    request: { model: 'claude-sonnet-4-20250514', reasoning: { effort: 'high' } },
    body: { thinking: undefined, output_config: undefined },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'an effort above all that the model knows',
    request: { model: 'claude-opus-4-5', reasoning: { effort: 'max' } },
    body: { output_config: { effort: 'high' } },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'an effort below all that the model knows',
    request: { model: 'claude-opus-4-7', reasoning: { effort: 'minimal' } },
    body: { output_config: { effort: 'low' } },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'an effort for a model that always thinks',
    request: { model: 'claude-fable-5', reasoning: { effort: 'none' } },
    body: { output_config: { effort: 'low' } },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'an effort that nobody knows',
    request: { model: 'claude-opus-4-5', reasoning: { effort: 'ultra' as 'max' } },
    body: { output_config: { effort: 'low' } },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'an effort that does not switch thinking on',
    request: { model: 'claude-opus-4-5', reasoning: { effort: 'high' } },
    body: { thinking: undefined, output_config: { effort: 'high' } },
  },
  {
    name: 'no thinking, where the model thinks by itself',
    request: { model: 'claude-sonnet-5', reasoning: { effort: 'none' } },
    body: { thinking: { type: 'disabled' }, output_config: undefined },
  },
  {
    name: 'no thinking, where the model waits to be asked',
    request: { model: 'claude-opus-4-7', reasoning: { effort: 'none' } },
    body: { thinking: undefined, output_config: undefined },
  },
  {
    name: 'reasoning from a model that has none',
    request: { model: 'claude-3-haiku-20240307', reasoning: { effort: 'high' } },
    body: { thinking: undefined, output_config: undefined },
    warnings: ['reasoning'],
  },
  {
    name: 'reasoning of its own and of others',
    request: {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'Hm \ud83e\udd14\u0000',
              opaque: { issuer: 'anthropic', data: { type: 'thinking', signature: 's+/=' } },
            },
            {
              type: 'reasoning',
              text: '',
              opaque: { issuer: 'anthropic', data: { type: 'redacted_thinking', data: 'r==' } },
            },
            {
              type: 'reasoning',
              text: 'Well',
              opaque: { issuer: 'openai', data: { type: 'thinking', signature: 'x' } },
            },
            { type: 'reasoning', text: 'So' },
            { type: 'text', text: 'Hi', opaque: { issuer: 'google', data: 'y' } },
            { type: 'file', file: { url: 'https://example.com/made.png' } },
          ],
        },
        ...hello,
      ],
    },
    body: {
      messages: [
        { role: 'user', content: [text('Hello')] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm \ud83e\udd14\u0000', signature: 's+/=' },
            { type: 'redacted_thinking', data: 'r==' },
            text('Hi'),
          ],
        },
        { role: 'user', content: [text('Hello')] },
      ],
    },
    warnings: [
      'messages[1].content[2]',
      'messages[1].content[3]',
      'messages[1].content[4].opaque',
      'messages[1].content[5]',
    ],
  },
  {
    name: 'arguments that are no JSON object inside one',
    request: {
      messages: [
        {
          role: 'assistant',
          content: ['{"city":', '[1]', '"Rome"', 'null'].map(
            (text, index) => ({ type: 'tool-call', id: `t${index}`, name: 'weather', arguments: text }) as const,
          ),
        },
      ],
    },
    body: {
      messages: [
        {
          role: 'assistant',
          content: ['{"city":', '[1]', '"Rome"', 'null'].map((input, index) => ({
            type: 'tool_use',
            id: `t${index}`,
            name: 'weather',
            input: { input },
          })),
        },
      ],
    },
    warnings: [0, 1, 2, 3].map((index) => `messages[0].content[${index}].arguments`),
  },
  {
    name: 'the last four of more cache breakpoints',
    request: {
      tools: [{ ...tool, cacheBreakpoint: {} }],
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a', cacheBreakpoint: {} }] },
        {
          role: 'user',
          content: ['b', 'c', 'd', 'e'].map((word) => ({ type: 'text', text: word, cacheBreakpoint: {} }) as const),
        },
      ],
    },
    body: {
      tools: [wireTool],
      system: [text('a')],
      messages: [
        {
          role: 'user',
          content: ['b', 'c', 'd', 'e'].map((word) => ({
            type: 'text',
            text: word,
            cache_control: { type: 'ephemeral' },
          })),
        },
      ],
    },
    warnings: [undefined],
  },
  {
    name: 'options of this provider alone, as they are',
    request: {
      user: 'u1',
      reasoning: { effort: 'low' },
      providerOptions: {
        anthropic: { temperature: 1, output_config: { effort: 'high' }, metadata: { extra: 1 }, stream: true },
        openai: { top_k: 3 },
      },
    },
    body: {
      temperature: 1,
      top_k: undefined,
      output_config: { effort: 'high' },
      metadata: { user_id: 'u1', extra: 1 },
      stream: false,
    },
  },
]

test.each(rows)('sends $name', async ({ request, body, warnings = [] }) => {
  const provider = await connect(server.url)
  const response = await provider.chat({ model: 'claude-sonnet-4-6', messages: hello, ...request })
  const sent = server.requests.at(-1)?.body as Record<string, unknown>
  expect(Object.fromEntries(Object.keys(body).map((name) => [name, sent[name]]))).toEqual(body)
  expect(response.warnings.map(({ parameter }) => parameter)).toEqual(warnings)
})

test('sends the key as bearer, the headers of the caller, and nothing of the environment', async () => {
  const environment = {
    ANTHROPIC_API_KEY: 'key-of-the-environment',
    ANTHROPIC_AUTH_TOKEN: 'token-of-the-environment',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ANTHROPIC_PROFILE: 'no-such-profile',
    ANTHROPIC_CUSTOM_HEADERS: 'x-from-environment: yes',
  }
  const before = { ...process.env }
  Object.assign(process.env, environment)
  try {
    const provider = await connect(server.url, { headers: { 'anthropic-beta': 'one', 'x-api-key': 'other' } })
    await provider.chat({ model: 'claude-sonnet-4-6', messages: hello })
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name]
    Object.assign(process.env, before)
  }
  const { headers, path, method } = server.requests.at(-1) ?? {}
  expect({ path, method }).toEqual({ path: '/v1/messages', method: 'POST' })
  expect(headers).toMatchObject({ authorization: `Bearer ${testKey}`, 'anthropic-beta': 'one', 'x-api-key': 'other' })
  expect(headers).not.toHaveProperty('x-from-environment')
})

test('fetches a key before each call', async () => {
  let count = 0
  const provider = await connect(server.url, { apiKey: async () => `key-${++count}` })
  await provider.chat({ model: 'claude-sonnet-4-6', messages: hello })
  await provider.chat({ model: 'claude-sonnet-4-6', messages: hello })
  const sent = server.requests.slice(-2).map(({ headers }) => headers['authorization'])
  expect(sent).toEqual(['Bearer key-1', 'Bearer key-2'])
})

test('uses the fetch it is given', async () => {
  const urls: string[] = []
  const spy: typeof fetch = async (input, init) => {
    urls.push(input instanceof Request ? input.url : String(input))
    return await fetch(input, init)
  }
  const provider = await connect(server.url, { fetch: spy })
  await provider.chat({ model: 'claude-sonnet-4-6', messages: hello })
  expect(urls).toEqual([`${server.url}/v1/messages`])
})

const refused: readonly { readonly request: Partial<ChatRequest>; readonly path: string }[] = [
  { path: 'messages', request: { messages: [{ role: 'system', content: 'Be brief.' }] } },
  { path: 'responseFormat', request: { responseFormat: { type: 'json' } } },
  { path: 'toolChoice', request: { toolChoice: 'required' } },
  {
    path: 'messages[0].content[0].file.mediaType',
    request: {
      messages: [{ role: 'user', content: [{ type: 'file', file: { data: 'AA==', mediaType: 'audio/wav' } }] }],
    },
  },
  {
    path: 'messages[0].content[0].image.url',
    request: { messages: [{ role: 'user', content: [{ type: 'image', image: { url: 'file:///etc/passwd' } }] }] },
  },
]

test.each(refused)('refuses what cannot be told at $path', async ({ request, path }) => {
  const provider = await connect(server.url)
  const before = server.requests.length
  const call = provider.chat({ model: 'claude-sonnet-4-6', messages: hello, ...request })
  const { model, message, ...failure } = await failureOf(call)
  expect(failure).toMatchObject({ kind: 'invalid-request', provider: 'anthropic' })
  expect(failure).not.toHaveProperty('status')
  expect([model, message]).toEqual(['claude-sonnet-4-6', expect.stringContaining(` ${path} `)])
  const whole = { model, messages: hello, ...request } as ChatRequest
  expect((await failureOf(collect(provider.stream(whole)))).message).toBe(message)
  expect((await failureOf(provider.tokens?.count(whole) ?? Promise.resolve())).message).toBe(message)
  expect(server.requests.length).toBe(before)
})
