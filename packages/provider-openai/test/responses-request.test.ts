import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, Message } from '@llmfb/core/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'
import { description } from './description.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 'resp_1',
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello.' }] }],
    }),
  })
})

const hello: readonly Message[] = [{ role: 'user', content: 'Hi' }]
const schema = { type: 'object', properties: { city: { type: 'string' } } } as const
const weather = { name: 'weather', description: 'Tells it', parameters: schema }
const pdf = { data: new Uint8Array([1, 2, 3]), mediaType: 'application/pdf' }
const png = { data: 'iVBORw==', mediaType: 'image/png' }

interface Sent {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly warnings: readonly (string | undefined)[]
}

async function send(change: Partial<ChatRequest>, options: Parameters<typeof connect>[0] = {}): Promise<Sent> {
  const provider = await connect({ baseURL: server.url, api: 'responses', ...options })
  const { warnings } = await provider.chat({ model: 'gpt-5.6-sol', messages: hello, ...change })
  const { path = '', body } = server.requests.at(-1) ?? {}
  expect(description?.problemsOf({ method: 'POST', path, body }) ?? []).toEqual([])
  return { path, body: body as Record<string, unknown>, warnings: warnings.map(({ parameter }) => parameter) }
}

const bare = {
  model: 'gpt-5.6-sol',
  input: [{ role: 'user', content: 'Hi' }],
  store: false,
  include: ['reasoning.encrypted_content'],
}

it('keeps the history with the caller: nothing is stored, and reasoning comes encrypted', async () => {
  expect(await send({})).toEqual({ path: '/responses', body: bare, warnings: [] })
  const { body } = await send({ model: 'gpt-4o' })
  expect(body).toEqual({ model: 'gpt-4o', input: bare.input, store: false }) // such models refuse `include`
})

const format = { type: 'json-schema', schema, name: 'place', description: 'Where' } as const
test.each<readonly [string, Partial<ChatRequest>, object]>([
  ['maxTokens', { maxTokens: 99 }, { max_output_tokens: 99 }],
  ['reasoning', { reasoning: { effort: 'high' } }, { reasoning: { effort: 'high' } }],
  ['user', { user: 'u-1' }, { safety_identifier: 'u-1' }],
  [
    'metadata',
    { metadata: { team: 'a' }, providerOptions: { openai: { store: true } } },
    { metadata: { team: 'a' }, store: true },
  ],
  [
    'tools',
    { tools: [weather, { ...weather, name: 'exact', strict: true }] },
    {
      tools: [
        { type: 'function', name: 'weather', description: 'Tells it', parameters: schema, strict: false },
        { type: 'function', name: 'exact', description: 'Tells it', parameters: schema, strict: true },
      ],
    },
  ],
  ['toolChoice auto', { tools: [weather], toolChoice: 'auto' }, { tool_choice: 'auto' }],
  ['toolChoice none', { tools: [weather], toolChoice: 'none' }, { tool_choice: 'none' }],
  ['toolChoice required', { tools: [weather], toolChoice: 'required' }, { tool_choice: 'required' }],
  [
    'toolChoice by name',
    { tools: [weather], toolChoice: { tool: 'weather' } },
    { tool_choice: { type: 'function', name: 'weather' } },
  ],
  ['parallelToolCalls', { tools: [weather], parallelToolCalls: false }, { parallel_tool_calls: false }],
  ['responseFormat text', { responseFormat: { type: 'text' } }, {}],
  ['responseFormat json', { responseFormat: { type: 'json' } }, { text: { format: { type: 'json_object' } } }],
  [
    'responseFormat json-schema',
    { responseFormat: format },
    { text: { format: { type: 'json_schema', name: 'place', description: 'Where', schema, strict: true } } },
  ],
  [
    'providerOptions',
    { providerOptions: { openai: { prompt_cache_key: 'k', store: true, service_tier: 'flex' } } },
    { prompt_cache_key: 'k', store: true, service_tier: 'flex' },
  ],
  [
    'a summary beside the effort, a verbosity beside the format',
    {
      reasoning: { effort: 'low' },
      responseFormat: { type: 'json' },
      providerOptions: { openai: { reasoning: { summary: 'auto' }, text: { verbosity: 'low' } } },
    },
    { reasoning: { effort: 'low', summary: 'auto' }, text: { format: { type: 'json_object' }, verbosity: 'low' } },
  ],
])('sends %s', async (_name, change, expected) => {
  const { body, warnings } = await send(change)
  expect(body).toEqual({ ...bare, ...('tools' in change ? { tools: body['tools'] } : {}), ...expected })
  expect(warnings).toEqual([])
})

test.each<readonly [string, Partial<ChatRequest>, object]>([
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.5 }, { top_p: 0.5 }],
])('sends %s to models that do not reason', async (_name, change, expected) => {
  const { body, warnings } = await send({ ...change, model: 'gpt-4o' })
  expect(body).toEqual({ model: 'gpt-4o', input: bare.input, store: false, ...expected })
  expect(warnings).toEqual([])
})

test.each<readonly [string, Partial<ChatRequest>]>([
  ['temperature', { temperature: 0.5 }],
  ['topP', { topP: 0.5 }],
  ['topK', { topK: 5 }],
  ['stop', { stop: ['x'] }],
  ['seed', { seed: 1 }],
  ['presencePenalty', { presencePenalty: 1 }],
  ['frequencyPenalty', { frequencyPenalty: 1 }],
  ['reasoning.budgetTokens', { reasoning: { budgetTokens: 100 } }],
])('leaves out %s, and says so', async (name, change) => {
  expect(await send(change)).toEqual({ path: '/responses', body: bare, warnings: [name] })
})

it('raises maxTokens to the fewest that the service takes, and says so', async () => {
  const { body, warnings } = await send({ maxTokens: 5 })
  expect([body['max_output_tokens'], warnings]).toEqual([16, ['maxTokens']])
})

describe('the conversation', () => {
  it('has the first text of the system as instructions, later ones in their place', async () => {
    const { body } = await send({
      messages: [{ role: 'system', content: 'Be brief.' }, ...hello, { role: 'system', content: 'Be kind.' }],
    })
    expect([body['instructions'], body['input']]).toEqual([
      'Be brief.',
      [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'Be kind.' },
      ],
    ])
  })

  it('has images and files, by address and by bytes', async () => {
    const { body } = await send({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', image: { url: 'https://example.org/a.png' }, detail: 'low' },
            { type: 'image', image: png },
            { type: 'file', file: pdf, filename: 'a.pdf' },
            { type: 'file', file: { url: 'https://example.org/b.pdf' } },
          ],
        },
      ],
    })
    expect(body['input']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: 'https://example.org/a.png', detail: 'low' },
          { type: 'input_image', image_url: 'data:image/png;base64,iVBORw==', detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AQID' },
          { type: 'input_file', file_url: 'https://example.org/b.pdf' },
        ],
      },
    ])
  })

  it('hands items back to their issuer, in their order, and to nobody else', async () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
    const messages: Message[] = [
      ...hello,
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: '', opaque: { issuer: 'openai', data: item } },
          { type: 'text', text: 'I look it up.', opaque: { issuer: 'openai', data: { phase: 'commentary' } } },
          { type: 'reasoning', text: 'Mine', opaque: { issuer: 'anthropic', data: { signature: 's' } } },
          { type: 'reasoning', text: 'Nobody’s' },
          { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Kyiv"}' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_1', content: 'sunny', isError: true }] },
    ]
    const { body, warnings } = await send({ messages })
    expect(body['input']).toEqual([
      { role: 'user', content: 'Hi' },
      item,
      { role: 'assistant', content: 'I look it up.', phase: 'commentary' },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Kyiv"}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
    ])
    expect(warnings).toEqual(['messages[1].content[2]', 'messages[1].content[3]', 'messages[2].content[0].isError'])
    const elsewhere = await send({ messages }, { id: 'openai-eu' })
    expect(JSON.stringify(elsewhere.body)).not.toContain('gAAA')
  })

  it('marks what the service should cache, where the model has breakpoints', async () => {
    const messages: Message[] = [
      { role: 'system', content: [{ type: 'text', text: 'Long', cacheBreakpoint: {} }] },
      { role: 'user', content: [{ type: 'text', text: 'Hi', cacheBreakpoint: { ttl: '5m' } }] },
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'weather', arguments: '{}' }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c', content: 'sunny', cacheBreakpoint: { ttl: '1h' } }],
      },
    ]
    const { body } = await send({ messages })
    const explicit = (ttl?: string): object => ({ prompt_cache_breakpoint: { mode: 'explicit', ...(ttl && { ttl }) } })
    expect(body['input']).toEqual([
      { role: 'system', content: [{ type: 'input_text', text: 'Long', ...explicit() }] },
      { role: 'user', content: [{ type: 'input_text', text: 'Hi', ...explicit('30m') }] },
      { type: 'function_call', call_id: 'c', name: 'weather', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [{ type: 'input_text', text: 'sunny', ...explicit('12h') }],
      },
    ])
    expect(JSON.stringify((await send({ messages, model: 'gpt-5.4' })).body)).not.toContain('breakpoint')
  })

  test.each<readonly [string, Partial<ChatRequest>]>([
    [
      'messages[0].content[0]',
      { messages: [{ role: 'user', content: [{ type: 'image', image: png }] }], model: 'o3-mini' },
    ],
    [
      'messages[0].content[0]',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { ...pdf, mediaType: 'audio/wav' } }] }] },
    ],
    ['providerOptions.openai.input', { providerOptions: { openai: { input: 'x' } } }],
  ])('is refused where %s cannot be sent', async (path, change) => {
    const before = server.requests.length
    await expect(send(change)).rejects.toMatchObject({ kind: 'invalid-request' })
    await expect(send(change)).rejects.toThrow(`OpenAI cannot take ${path}`)
    expect(server.requests.length).toBe(before)
  })
})

describe('the API that is asked', () => {
  const withTools = { tools: [weather] }
  const withEffort = { ...withTools, reasoning: { effort: 'low' } } as const
  const toolImage: Message = {
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'c', content: [{ type: 'image', image: png }] }],
  }
  const asked = (content: Message['content'], role = 'user'): Partial<ChatRequest> => {
    return { messages: [{ role, content } as Message] }
  }
  test.each<readonly [string, string, Partial<ChatRequest>, 'responses' | 'chat/completions']>([
    ['gpt-4o', 'a text', {}, 'chat/completions'],
    ['gpt-4o', 'tools', withTools, 'chat/completions'],
    ['gpt-4o', 'a file by address', asked([{ type: 'file', file: { url: 'https://example.org/b.pdf' } }]), 'responses'],
    ['gpt-4o', 'a PDF by bytes', asked([{ type: 'file', file: pdf }]), 'chat/completions'],
    ['gpt-4o', 'sound', asked([{ type: 'file', file: { ...pdf, mediaType: 'audio/wav' } }]), 'chat/completions'],
    ['gpt-4o', 'a picture among files', asked([{ type: 'file', file: png }]), 'chat/completions'],
    ['gpt-4o', 'a table by bytes', asked([{ type: 'file', file: { ...pdf, mediaType: 'text/csv' } }]), 'responses'],
    [
      'gpt-4o',
      'a PDF in its address',
      asked([{ type: 'file', file: { url: 'data:application/pdf;base64,AQID' } }]),
      'chat/completions',
    ],
    ['gpt-4o', 'a text in its address', asked([{ type: 'file', file: { url: 'data:text/plain,Hi' } }]), 'responses'],
    ['gpt-4o', 'an image in a tool result', { messages: [...hello, toolImage] }, 'responses'],
    [
      'gpt-5',
      'an item of its own',
      asked(
        [
          {
            type: 'reasoning',
            text: '',
            opaque: { issuer: 'openai', data: { type: 'reasoning', id: 'r', summary: [] } },
          },
        ],
        'assistant',
      ),
      'responses',
    ],
    ['gpt-5', 'tools and an effort', withEffort, 'chat/completions'],
    ['gpt-5.2', 'tools', withTools, 'chat/completions'],
    ['gpt-5.2', 'tools and an effort', withEffort, 'responses'],
    ['gpt-5.4-mini', 'a text', {}, 'responses'],
    ['gpt-6-astra', 'a text', {}, 'responses'],
    ['o3', 'a text', {}, 'chat/completions'],
    ['o3-pro', 'a text', {}, 'responses'],
    ['gpt-5-codex', 'a text', {}, 'responses'],
    ['o4-mini-deep-research-2025-06-26', 'a text', {}, 'responses'],
    ['a-model-of-tomorrow', 'a text', {}, 'chat/completions'],
  ])('of %s with %s', async (model, _what, change, expected) => {
    const provider = await connect({ baseURL: server.url })
    await provider.chat({ model, messages: hello, ...change }).catch(() => {}) // answered in the words of the other
    expect(server.requests.at(-1)?.path).toBe(`/${expected}`)
  })

  it('is the one that was chosen', async () => {
    const provider = await connect({ baseURL: server.url, api: 'chat-completions' })
    expect(provider.capabilities('gpt-6-astra')).toMatchObject({ reasoning: false, promptCache: true })
    await provider.chat({ model: 'gpt-6-astra', messages: hello }).catch(() => {}) // as above
    expect(server.requests.at(-1)?.path).toBe('/chat/completions')
    expect((await send({ model: 'gpt-4o' })).path).toBe('/responses')
  })
})

it.skipIf(description === undefined)('would notice a request that is not as OpenAI describes it', () => {
  for (const wrong of [{ input: 3 }, { a_field: 1 }, { max_output_tokens: 3 }, { tools: [{ type: 'function' }] }]) {
    expect(description?.problemsIn('CreateResponse', { ...bare, ...wrong })).not.toEqual([])
  }
  expect(
    description?.problemsIn('CreateResponse', { ...bare, input: [{ role: 'user', content: [{ type: 'input_txt' }] }] }),
  ).not.toEqual([])
})
