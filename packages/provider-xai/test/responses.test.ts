import { startWireServer, type WireServer } from '@llmfb/conformance'
import { collectStream, type ChatRequest, type Message } from '@llmfb/core/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

// As xAI answers.
const reasoning = {
  id: 'rs_6ab3f26a',
  summary: [{ text: 'Two and two.', type: 'summary_text' }],
  type: 'reasoning',
  status: 'completed',
  encrypted_content: 'JRm/RD8s',
}
const said = {
  content: [{ type: 'output_text', text: 'Four.', logprobs: [], annotations: [] }],
  id: 'msg_6ab3f26a',
  role: 'assistant',
  type: 'message',
  status: 'completed',
}
const usage = {
  input_tokens: 497,
  input_tokens_details: { cached_tokens: 320 },
  output_tokens: 90,
  output_tokens_details: { reasoning_tokens: 58 },
  total_tokens: 587,
  num_sources_used: 0,
  cost_in_usd_ticks: 5_102_500,
}
const response = { id: '6ab3f26a', object: 'response', model: 'grok-4.3', status: 'completed', error: null, usage }

beforeEach(() => {
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...response, output: [reasoning, said] }),
  })
})

const hello: readonly Message[] = [{ role: 'user', content: 'Hi' }]
const request = { model: 'grok-4.3', messages: hello } as const
const tools = [{ name: 'weather', parameters: { type: 'object' } }] as const
const png = { data: 'iVBORw==', mediaType: 'image/png' }

interface Sent {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly warnings: readonly (string | undefined)[]
}

async function send(change: Partial<ChatRequest>, options: Parameters<typeof connect>[0] = {}): Promise<Sent> {
  const provider = await connect({ baseURL: server.url, ...options })
  const { warnings } = await provider.chat({ ...request, ...change })
  const { path = '', body } = server.requests.at(-1) ?? {}
  return { path, body: body as Record<string, unknown>, warnings: warnings.map(({ parameter }) => parameter) }
}

const bare = {
  model: 'grok-4.3',
  input: [{ role: 'user', content: 'Hi' }],
  store: false,
  include: ['reasoning.encrypted_content'],
}

it('asks for items that stay with the caller, of every model that reasons', async () => {
  expect(await send({})).toEqual({ path: '/responses', body: bare, warnings: [] })
  expect((await send({ model: 'grok-4' })).body).toEqual({ ...bare, model: 'grok-4' })
  const plain = { model: 'grok-4.20-non-reasoning' }
  expect((await send(plain, { api: 'responses' })).body).toEqual({ ...plain, input: bare.input, store: false })
})

const format = { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true }

test.each<readonly [string, Partial<ChatRequest>, object]>([
  ['temperature', { temperature: 0.5 }, { temperature: 0.5 }],
  ['topP', { topP: 0.9 }, { top_p: 0.9 }],
  ['maxTokens, few of them too', { maxTokens: 9 }, { max_output_tokens: 9 }],
  ['user', { user: 'u-1' }, { user: 'u-1' }],
  ['reasoning.effort', { reasoning: { effort: 'medium' } }, { reasoning: { effort: 'medium' } }],
  [
    'tools, toolChoice and parallelToolCalls',
    { tools, toolChoice: 'required', parallelToolCalls: false },
    {
      tools: [{ type: 'function', name: 'weather', parameters: { type: 'object' }, strict: false }],
      tool_choice: 'required',
      parallel_tool_calls: false,
    },
  ],
  [
    'responseFormat',
    { responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' } } },
    { text: { format } },
  ],
  [
    'a system message',
    { messages: [{ role: 'system', content: 'Be brief.' }, ...hello] },
    { instructions: 'Be brief.' },
  ],
  [
    'an image',
    { messages: [{ role: 'user', content: [{ type: 'image', image: png }] }] },
    {
      input: [
        {
          role: 'user',
          content: [{ type: 'input_image', image_url: 'data:image/png;base64,iVBORw==', detail: 'auto' }],
        },
      ],
    },
  ],
  [
    'providerOptions',
    { providerOptions: { xai: { tools: [{ type: 'web_search' }], prompt_cache_key: 'k' } } },
    { tools: [{ type: 'web_search' }], prompt_cache_key: 'k' },
  ],
])('sends %s', async (_name, change, expected) => {
  expect(await send(change)).toEqual({ path: '/responses', body: { ...bare, ...expected }, warnings: [] })
})

test.each<readonly [string, Partial<ChatRequest>]>([
  ['topK', { topK: 3 }],
  ['stop', { stop: ['x'] }],
  ['seed', { seed: 7 }],
  ['presencePenalty', { presencePenalty: 1 }],
  ['frequencyPenalty', { frequencyPenalty: 1 }],
  ['metadata', { metadata: { a: 'b' } }],
  ['reasoning.budgetTokens', { reasoning: { budgetTokens: 100 } }],
])('leaves out %s, and says so', async (name, change) => {
  expect(await send(change)).toEqual({ path: '/responses', body: bare, warnings: [name] })
})

it('refuses files, which the service takes by address alone and searches with a tool', async () => {
  const file = { type: 'file', file: { ...png, mediaType: 'application/pdf' } } as const
  await expect(send({ messages: [{ role: 'user', content: [file] }] })).rejects.toMatchObject({
    kind: 'invalid-request',
    provider: 'xai',
  })
})

const event = (type: string, fields: object): string => {
  return `event: ${type}\ndata: ${JSON.stringify({ sequence_number: 0, type, ...fields })}\n\n`
}
const place = { item_id: 'rs_6ab3f26a', output_index: 0 }
const events = [
  event('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
  event('response.output_item.added', {
    item: { ...reasoning, summary: [], status: 'in_progress', encrypted_content: undefined },
    output_index: 0,
  }),
  event('response.reasoning_summary_part.added', { ...place, part: { text: '', type: 'summary_text' } }),
  event('response.reasoning_summary_text.delta', { ...place, delta: 'Two ', summary_index: 0 }),
  event('response.reasoning_summary_text.delta', { ...place, delta: 'and two.', summary_index: 0 }),
  event('response.reasoning_summary_text.done', { ...place, text: 'Two and two.', summary_index: 0 }),
  event('response.output_item.done', { item: reasoning, output_index: 0 }),
  event('response.output_item.added', { item: { ...said, content: [], status: 'in_progress' }, output_index: 1 }),
  event('response.output_text.delta', { item_id: said.id, output_index: 1, delta: 'Four.' }),
  event('response.output_item.done', { item: said, output_index: 1 }),
  event('response.completed', { response: { ...response, output: [reasoning, said] } }),
]

describe('an answer', () => {
  const told = {
    text: 'Four.',
    usage: {
      uncachedInputTokens: 177,
      cacheReadTokens: 320,
      cacheWriteTokens: 0,
      outputTextTokens: 32,
      reasoningTokens: 58,
      costUsd: 0.000_510_25,
    },
    finishReason: { unified: 'stop', raw: 'completed' },
  }

  it('has its reasoning, usage and cost, whole and streamed, and goes back to its issuer alone', async () => {
    const provider = await connect({ baseURL: server.url })
    const whole = await provider.chat(request)
    server.answer({ headers: { 'content-type': 'text/event-stream' }, body: events.join(''), pieces: 'bytes' })
    const streamed = await collectStream(provider.stream(request))
    server.answer({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...response, output: [said] }),
    })
    for (const answer of [whole, streamed]) {
      expect(answer).toMatchObject({
        ...told,
        content: [{ type: 'reasoning', text: 'Two and two.' }, { text: 'Four.' }],
      })
      const messages: Message[] = [...hello, { role: 'assistant', content: answer.content }, ...hello]
      const { status: _status, ...item } = reasoning
      const { body, warnings } = await send({ messages })
      expect(body['input']).toEqual([bare.input[0], item, { role: 'assistant', content: 'Four.' }, bare.input[0]])
      expect(warnings).toEqual([])
      const elsewhere = await send({ messages }, { id: 'xai-eu' })
      expect(JSON.stringify(elsewhere.body)).not.toContain('JRm/RD8s')
      expect(elsewhere.warnings).toEqual(['messages[1].content[0]'])
    }
  })

  it('that is an error in xAI’s own form says its code', async () => {
    const failed = { code: 'internal_error', error: 'Internal error.' }
    const provider = await connect({ baseURL: server.url })
    const expected = { kind: 'server', providerCode: 'internal_error' }
    server.answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(failed) })
    await expect(provider.chat(request)).rejects.toMatchObject(expected)
    const [first = ''] = events
    server.answer({
      headers: { 'content-type': 'text/event-stream' },
      body: `${first}data: ${JSON.stringify(failed)}\n\n`,
    })
    await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
  })
})

describe('the API that is asked', () => {
  const toolImage: Message = {
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'c', content: [{ type: 'image', image: png }] }],
  }
  const ownItem: Message = {
    role: 'assistant',
    content: [{ type: 'reasoning', text: '', opaque: { issuer: 'xai', data: reasoning } }],
  }
  test.each<readonly [string, string, Partial<ChatRequest>, 'responses' | 'chat/completions']>([
    ['grok-4.20-multi-agent', 'a text', {}, 'responses'],
    ['grok-4.3', 'tools', { tools }, 'responses'],
    ['grok-of-tomorrow', 'a text', {}, 'responses'],
    ['grok-3', 'a text', {}, 'responses'],
    ['grok-4.20-non-reasoning', 'a text', {}, 'chat/completions'],
    ['grok-4.20-0309-non-reasoning', 'an image in a tool result', { messages: [...hello, toolImage] }, 'responses'],
    ['grok-4.20-non-reasoning', 'an item of its own', { messages: [...hello, ownItem, ...hello] }, 'responses'],
  ])('of %s with %s', async (model, _what, change, expected) => {
    const provider = await connect({ baseURL: server.url })
    await provider.chat({ ...request, model, ...change }).catch(() => {}) // answered in the words of the other
    expect(server.requests.at(-1)?.path).toBe(`/${expected}`)
  })

  it('is the one that was chosen, and what models can do follows from it', async () => {
    const chat = await connect({ baseURL: server.url, api: 'chat-completions' })
    expect(chat.capabilities('grok-4.3')).toMatchObject({ reasoning: false, parameters: { seed: {}, reasoning: {} } })
    await chat.chat(request).catch(() => {}) // as above
    expect(server.requests.at(-1)?.path).toBe('/chat/completions')
    const { parameters } = (await connect({ api: 'responses' })).capabilities('grok-4.20-non-reasoning')
    expect(Object.keys(parameters).toSorted()).toEqual([
      'maxTokens',
      'parallelToolCalls',
      'temperature',
      'topP',
      'user',
    ])
  })
})
