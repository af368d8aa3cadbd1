import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, Message } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { connect } from './connect.ts'
import { description } from './description.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }),
  })
})
afterAll(() => server.close())

interface Sent {
  readonly body: Record<string, unknown>
  readonly warnings: readonly (string | undefined)[]
}

async function send(request: Pick<ChatRequest, 'messages'> & Partial<ChatRequest>): Promise<Sent> {
  const provider = await connect({ baseURL: server.url, api: 'chat-completions' })
  const { warnings } = await provider.chat({ model: 'gpt-5.6-sol', ...request })
  const { path = '', body } = server.requests.at(-1) ?? {}
  expect(description?.problemsOf({ method: 'POST', path, body }) ?? []).toEqual([])
  return { body: body as Record<string, unknown>, warnings: warnings.map(({ parameter }) => parameter) }
}

const explicit = (ttl?: string): object => ({ prompt_cache_breakpoint: { mode: 'explicit', ...(ttl && { ttl }) } })
const file = { data: 'AQID', mediaType: 'application/pdf' }

it('marks what the service should cache on parts of every kind, where the model has breakpoints', async () => {
  const messages: readonly Message[] = [
    { role: 'system', content: [{ type: 'text', text: 'Long', cacheBreakpoint: {} }] },
    {
      role: 'user',
      content: [
        { type: 'image', image: { url: 'https://a.example/b.png' }, cacheBreakpoint: { ttl: '1h' } },
        { type: 'file', file, filename: 'b.pdf', cacheBreakpoint: { ttl: '5m' } },
        { type: 'text', text: 'Hi' },
      ],
    },
    { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'weather', arguments: '{}' }] },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c', content: 'sunny', cacheBreakpoint: { ttl: '1h' } }],
    },
  ]
  const tools = [{ name: 'weather', parameters: { type: 'object' } }]
  const { body, warnings } = await send({ messages, tools, reasoning: { effort: 'none' } })
  expect(warnings).toEqual([])
  expect(body['messages']).toEqual([
    { role: 'system', content: [{ type: 'text', text: 'Long', ...explicit() }] },
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: 'https://a.example/b.png' }, ...explicit('12h') },
        {
          type: 'file',
          file: { filename: 'b.pdf', file_data: 'data:application/pdf;base64,AQID' },
          ...explicit('30m'),
        },
        { type: 'text', text: 'Hi' },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'sunny', ...explicit('12h') }] },
  ])
  const older = await send({ messages, tools, model: 'gpt-5.1' })
  expect(JSON.stringify(older.body)).not.toContain('breakpoint')
  expect(older.warnings).toEqual([])
})

it('sends the last four breakpoints, which is what the service writes', async () => {
  const content = ['a', 'b', 'c', 'd', 'e'].map((text) => ({ type: 'text', text, cacheBreakpoint: {} }) as const)
  const { body, warnings } = await send({ messages: [{ role: 'user', content }] })
  expect(body['messages']).toEqual([
    {
      role: 'user',
      content: content.map(({ type, text }, index) => ({ type, text, ...(index > 0 && explicit()) })),
    },
  ])
  expect(warnings).toEqual(['cacheBreakpoint'])
})

it('passes on how a prompt is kept', async () => {
  const openai = { prompt_cache_key: 'k', prompt_cache_options: { mode: 'explicit', ttl: '30m' } }
  const { body } = await send({ messages: [{ role: 'user', content: 'Hi' }], providerOptions: { openai } })
  expect(body).toMatchObject(openai)
})

const tools = [{ name: 'weather', parameters: { type: 'object' } }]
const hello: readonly Message[] = [{ role: 'user', content: 'Hi' }]
test.each<readonly [string, Partial<ChatRequest>, string | undefined, readonly string[]]>([
  ['tools', { tools }, 'none', ['reasoning.effort']],
  ['tools and an effort', { tools, reasoning: { effort: 'high' } }, 'none', ['reasoning.effort']],
  ['tools and no effort', { tools, reasoning: { effort: 'none' } }, 'none', []],
  ['an effort', { reasoning: { effort: 'high' } }, 'high', []],
  ['tools of a model before', { tools, model: 'gpt-5.2' }, undefined, []],
  [
    'tools and an effort of one before',
    { tools, model: 'gpt-5.2', reasoning: { effort: 'low' } },
    'none',
    ['reasoning.effort'],
  ],
  ['tools and an effort of an older one', { tools, model: 'gpt-5.1', reasoning: { effort: 'low' } }, 'low', []],
])('does not let a model reason that then calls no tools: %s', async (_, request, effort, warned) => {
  const { body, warnings } = await send({ messages: hello, ...request })
  expect([body['reasoning_effort'], warnings]).toEqual([effort, warned])
})
