import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, Message } from '@llmfb/core/provider'
import { collectStream } from '@llmfb/core/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { connect, testKey } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
beforeEach(() => {
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 'resp_1',
      status: 'completed',
      output: [item, { type: 'message', content: [{ type: 'output_text', text: 'Hello.' }] }],
      // As Azure tells of its filter.
      content_filters: [{ blocked: false, source_type: 'prompt', content_filter_results: {} }],
    }),
  })
})

const hello: readonly Message[] = [{ role: 'user', content: 'Hi' }]
const tools = [{ name: 'weather', parameters: { type: 'object' } }] as const
const png = { data: 'iVBORw==', mediaType: 'image/png' }

interface Sent {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly warnings: readonly (string | undefined)[]
}

async function send(change: Partial<ChatRequest>, options: Parameters<typeof connect>[0] = {}): Promise<Sent> {
  const provider = await connect({ baseURL: server.url, api: 'responses', ...options })
  const { warnings } = await provider.chat({ model: 'gpt-5', messages: hello, ...change })
  const { path = '', body } = server.requests.at(-1) ?? {}
  return { path, body: body as Record<string, unknown>, warnings: warnings.map(({ parameter }) => parameter) }
}

const bare = {
  model: 'gpt-5',
  input: [{ role: 'user', content: 'Hi' }],
  store: false,
  include: ['reasoning.encrypted_content'],
}

it('asks for items that stay with the caller', async () => {
  expect(await send({})).toEqual({ path: '/openai/v1/responses', body: bare, warnings: [] })
  expect(server.requests.at(-1)?.headers).toMatchObject({ 'api-key': testKey })
  expect((await send({}, { apiVersion: 'preview' })).path).toBe('/openai/v1/responses?api-version=preview')
})

test.each<readonly [string, Partial<ChatRequest>, object]>([
  ['maxTokens', { maxTokens: 99 }, { max_output_tokens: 99 }],
  ['reasoning.effort', { reasoning: { effort: 'minimal' } }, { reasoning: { effort: 'minimal' } }],
  ['user', { user: 'u-1' }, { safety_identifier: 'u-1' }],
  [
    'metadata',
    { metadata: { team: 'a' }, providerOptions: { 'azure-openai': { store: true } } },
    { metadata: { team: 'a' }, store: true },
  ],
  [
    'tools and toolChoice',
    { tools, toolChoice: { tool: 'weather' } },
    {
      tools: [{ type: 'function', name: 'weather', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'weather' },
    },
  ],
  ['responseFormat', { responseFormat: { type: 'json' } }, { text: { format: { type: 'json_object' } } }],
  [
    'providerOptions',
    { reasoning: { effort: 'low' }, providerOptions: { 'azure-openai': { reasoning: { summary: 'auto' } } } },
    { reasoning: { effort: 'low', summary: 'auto' } },
  ],
])('sends %s', async (_name, change, expected) => {
  expect(await send(change)).toEqual({ path: '/openai/v1/responses', body: { ...bare, ...expected }, warnings: [] })
})

test.each(['temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const)(
  'leaves out %s, and says so',
  async (name) => {
    expect(await send({ [name]: 1 })).toMatchObject({ body: bare, warnings: [name] })
  },
)

describe('reasoning', () => {
  it('goes back as it came, to the resource that issued it and to no other', async () => {
    const provider = await connect({ baseURL: server.url, api: 'responses' })
    for (const { content } of [
      await provider.chat({ model: 'gpt-5', messages: hello }),
      await collectStream(provider.stream({ model: 'gpt-5', messages: hello })),
    ]) {
      const messages: Message[] = [...hello, { role: 'assistant', content }, { role: 'user', content: 'And?' }]
      expect((await send({ messages })).body['input']).toEqual([
        { role: 'user', content: 'Hi' },
        item,
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'And?' },
      ])
      const elsewhere = await send({ messages }, { id: 'azure-eu' })
      expect(JSON.stringify(elsewhere.body)).not.toContain('gAAA')
      expect(elsewhere.warnings).toEqual(['messages[1].content[0]'])
    }
  })
})

describe('the API that is asked', () => {
  const file = (source: { readonly url: string } | typeof png): Partial<ChatRequest> => {
    return { messages: [{ role: 'user', content: [{ type: 'file', file: source }] }] }
  }
  const toolImage: Message = {
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'c', content: [{ type: 'image', image: png }] }],
  }
  const ownItem: Message = {
    role: 'assistant',
    content: [{ type: 'reasoning', text: '', opaque: { issuer: 'azure-openai', data: item } }],
  }
  const names = { 'our-pro': 'gpt-5-pro', 'our-codex': 'gpt-5.1-codex-max', 'gpt-5-codex': 'gpt-4o', five: 'gpt-5.2' }
  test.each<readonly [string, string, Partial<ChatRequest>, 'responses' | 'chat/completions']>([
    ['gpt-4o', 'a text', {}, 'chat/completions'],
    ['our-deployment', 'a text', {}, 'chat/completions'],
    ['gpt-4o', 'a file by address', file({ url: 'https://example.org/b.pdf' }), 'responses'],
    ['gpt-4o', 'a PDF by bytes', file({ ...png, mediaType: 'application/pdf' }), 'chat/completions'],
    ['gpt-4o', 'a table by bytes', file({ ...png, mediaType: 'text/csv' }), 'responses'],
    ['gpt-4o', 'an image in a tool result', { messages: [...hello, toolImage] }, 'responses'],
    ['gpt-5', 'an item of its own', { messages: [...hello, ownItem, ...hello] }, 'responses'],
    ['gpt-5.4', 'a text', {}, 'responses'],
    ['our-pro', 'a text', {}, 'responses'],
    ['our-codex', 'a text', {}, 'responses'],
    ['gpt-5-codex', 'a text, where the name is another model’s', {}, 'chat/completions'],
    ['five', 'tools and an effort', { tools, reasoning: { effort: 'low' } }, 'responses'],
    ['five', 'tools', { tools }, 'chat/completions'],
  ])('of %s with %s', async (model, _what, change, expected) => {
    const provider = await connect({ baseURL: server.url, models: names })
    await provider.chat({ model, messages: hello, ...change }).catch(() => {}) // answered in the words of the other
    expect(server.requests.at(-1)?.path).toBe(`/openai/v1/${expected}`)
  })

  it('is the one that was chosen, and what models can do follows from it', async () => {
    const chosen = async (api: 'chat-completions' | 'deployments'): Promise<string | undefined> => {
      const provider = await connect({ baseURL: server.url, api })
      expect(provider.capabilities('gpt-5.4')).toMatchObject({ reasoning: false })
      await provider.chat({ model: 'gpt-5.4', messages: hello }).catch(() => {}) // as above
      return server.requests.at(-1)?.path
    }
    expect(await chosen('chat-completions')).toBe('/openai/v1/chat/completions')
    expect(await chosen('deployments')).toBe('/openai/deployments/gpt-5.4/chat/completions?api-version=2024-10-21')
    expect((await connect({ baseURL: server.url })).capabilities('gpt-5.4')).toMatchObject({ reasoning: true })
    expect((await send({ model: 'gpt-4o' })).path).toBe('/openai/v1/responses')
  })
})

it('an answer that the filter cut short says so', async () => {
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hel' }] }],
    }),
  })
  const provider = await connect({ baseURL: server.url, api: 'responses' })
  expect(await provider.chat({ model: 'gpt-5', messages: hello })).toMatchObject({
    text: 'Hel',
    finishReason: { unified: 'content-filter', raw: 'content_filter' },
  })
})
