import type { ChatRequest } from '@llmfb/core/provider'
import { isProviderError } from '@llmfb/core/provider'
import type { WireServer } from '@llmfb/conformance'
import { startWireServer } from '@llmfb/conformance'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { OllamaOptions } from '../src/index.ts'
import { collect, connect, rejectionOf } from './connect.ts'

const hi = { role: 'user', content: 'Hi' } as const
const tool = { name: 'get_weather', description: 'Weather', parameters: { type: 'object', properties: {} } } as const
const other = { name: 'get_time', parameters: { type: 'object' } } as const
const wireTool = { type: 'function', function: tool }
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const
const call = { type: 'tool-call', id: 'call_0', name: 'get_weather', arguments: '{"city":"Kyiv"}' } as const
const wireCall = { function: { name: 'get_weather', arguments: { city: 'Kyiv' } } }
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00])
const png64 = 'iVBOR/8A'

interface Row {
  readonly name: string
  readonly request?: Partial<ChatRequest>
  readonly options?: OllamaOptions
  /** The whole body, but for `model`, `stream`, and messages that are the one of `hi`. */
  readonly body?: Record<string, unknown>
  /** Parameters that are warned of. */
  readonly warnings?: readonly string[]
}

const rows: readonly Row[] = [
  { name: 'nothing but a message' },
  {
    name: 'system prompts, where they stand',
    request: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        hi,
        {
          role: 'system',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b', cacheBreakpoint: {} },
          ],
        },
      ],
    },
    body: { messages: [{ role: 'system', content: 'Be brief.' }, hi, { role: 'system', content: 'a\n\nb' }] },
  },
  {
    name: 'sampling',
    request: {
      temperature: 0,
      topP: 0.9,
      topK: 40,
      maxTokens: 12,
      stop: ['END'],
      seed: 0,
      presencePenalty: -1,
      frequencyPenalty: 1.5,
    },
    body: {
      options: {
        temperature: 0,
        top_p: 0.9,
        top_k: 40,
        num_predict: 12,
        stop: ['END'],
        seed: 0,
        presence_penalty: -1,
        frequency_penalty: 1.5,
      },
    },
  },
  { name: 'tools', request: { tools: [tool], toolChoice: 'auto' }, body: { tools: [wireTool] } },
  { name: 'no tools at all', request: { tools: [] } },
  { name: 'tools not to be used', request: { tools: [tool], toolChoice: 'none' } },
  {
    name: 'a tool call that is wanted',
    request: { tools: [{ ...tool, strict: true }], toolChoice: 'required' },
    body: { tools: [wireTool] },
    warnings: ['toolChoice', 'tools.strict'],
  },
  {
    name: 'one tool that is wanted',
    request: { tools: [other, tool], toolChoice: { tool: 'get_weather' } },
    body: { tools: [wireTool] },
    warnings: ['toolChoice'],
  },
  {
    name: 'a turn of tools',
    request: {
      messages: [
        hi,
        { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.' }, { type: 'text', text: 'I look.' }, call] },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_0', content: '11 °C' }] },
      ],
    },
    body: {
      messages: [
        hi,
        { role: 'assistant', content: 'I look.', thinking: 'Hm.', tool_calls: [wireCall] },
        { role: 'tool', content: '11 °C', tool_name: 'get_weather' },
      ],
    },
  },
  {
    name: 'several results, one of them a failure, one with a picture',
    request: {
      messages: [
        { role: 'assistant', content: [call, { ...call, id: 'x', name: 'draw', arguments: '' }] },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'call_0', content: 'no network', isError: true },
            {
              type: 'tool-result',
              toolCallId: 'x',
              toolName: 'paint',
              content: [
                { type: 'text', text: 'Here' },
                { type: 'image', image: { data: png, mediaType: 'image/png' } },
              ],
            },
          ],
        },
      ],
    },
    body: {
      messages: [
        { role: 'assistant', content: '', tool_calls: [wireCall, { function: { name: 'draw', arguments: {} } }] },
        { role: 'tool', content: 'Error: no network', tool_name: 'get_weather' },
        { role: 'tool', content: 'Here', images: [png64], tool_name: 'paint' },
      ],
    },
    warnings: ['messages[1].content[0].isError'],
  },
  {
    name: 'arguments that are no object',
    request: { messages: [hi, { role: 'assistant', content: [{ ...call, arguments: '{"city":' }] }, hi] },
    body: {
      messages: [
        hi,
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'get_weather', arguments: { input: '{"city":' } } }],
        },
        hi,
      ],
    },
    warnings: ['messages[1].content[0].arguments'],
  },
  {
    name: 'what others attached to a text and to a call',
    request: {
      messages: [
        hi,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.', opaque: { issuer: 'google', data: 'secret' } },
            { ...call, opaque: { issuer: 'google', data: 'secret' } },
          ],
        },
        hi,
      ],
    },
    body: { messages: [hi, { role: 'assistant', content: 'I look.', tool_calls: [wireCall] }, hi] },
    warnings: ['messages[1].content[0].opaque', 'messages[1].content[1].opaque'],
  },
  {
    name: 'reasoning that belongs to another, and files',
    request: {
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'mine', opaque: { issuer: 'ollama', data: 1 } },
            { type: 'reasoning', text: 'theirs', opaque: { issuer: 'anthropic', data: 'secret' } },
            { type: 'file', file: { data: png64, mediaType: 'image/png' } },
            { type: 'file', file: { data: 'AAAA', mediaType: 'audio/wav' } },
          ],
        },
        hi,
      ],
    },
    body: { messages: [{ role: 'assistant', content: '', thinking: 'mine', images: [png64] }, hi] },
    warnings: ['messages[0].content[1]', 'messages[0].content[3]'],
  },
  {
    name: 'pictures as bytes, base64 and data URL',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is' },
            { type: 'image', image: { data: png, mediaType: 'image/png' }, detail: 'high' },
            { type: 'image', image: { data: png64, mediaType: 'image/png' }, detail: 'auto' },
            { type: 'image', image: { url: `data:image/png;base64,${png64}` } },
            { type: 'text', text: 'this?' },
          ],
        },
      ],
    },
    body: { messages: [{ role: 'user', content: 'What is\n\nthis?', images: [png64, png64, png64] }] },
    warnings: ['messages[0].content[1].detail'],
  },
  { name: 'text', request: { responseFormat: { type: 'text' } } },
  { name: 'JSON', request: { responseFormat: { type: 'json' } }, body: { format: 'json' } },
  {
    name: 'JSON of a schema',
    request: { responseFormat: { type: 'json-schema', schema, name: 'place', strict: true } },
    body: { format: schema },
  },
  {
    name: 'JSON that need not keep to its schema',
    request: { responseFormat: { type: 'json-schema', schema, strict: false } },
    body: { format: schema },
    warnings: ['responseFormat.strict'],
  },
  {
    name: 'JSON of a schema with a description',
    request: { responseFormat: { type: 'json-schema', schema, description: 'A place' } },
    body: { format: schema },
    warnings: ['responseFormat.description'],
  },
  ...(['low', 'medium', 'high', 'max'] as const).map((effort) => ({
    name: `thinking: ${effort}`,
    request: { reasoning: { effort } },
    body: { think: effort },
  })),
  { name: 'no thinking', request: { reasoning: { effort: 'none' } }, body: { think: false } },
  { name: 'thinking as it likes', request: { reasoning: {} } },
  {
    name: 'minimal thinking',
    request: { reasoning: { effort: 'minimal' } },
    body: { think: 'low' },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'very much thinking',
    request: { reasoning: { effort: 'xhigh' } },
    body: { think: 'high' },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'thinking by budget',
    request: { reasoning: { budgetTokens: 1000 } },
    body: { think: true },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'thinking by a budget of none',
    request: { reasoning: { budgetTokens: 0 } },
    body: { think: false },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'thinking, of a model that does not',
    request: { model: 'llama3.2', reasoning: { effort: 'high', budgetTokens: 1000 } },
    body: { model: 'llama3.2' },
    warnings: ['reasoning'],
  },
  {
    name: 'no thinking, of a model that does not',
    request: { model: 'llama3.2', reasoning: { effort: 'none' } },
    body: { model: 'llama3.2' },
  },
  {
    name: 'tools not to be used, of a model that calls none',
    request: { model: 'gemma3:4b', tools: [tool], toolChoice: 'none' },
    body: { model: 'gemma3:4b' },
  },
  {
    name: 'what Ollama has not',
    request: { parallelToolCalls: false, user: 'u1', metadata: { team: 'a' } },
    warnings: ['parallelToolCalls', 'user', 'metadata'],
  },
  {
    name: 'what only Ollama has',
    request: {
      temperature: 1,
      seed: 1,
      providerOptions: { ollama: { keep_alive: '10m', logprobs: true, options: { min_p: 0.1, seed: 2 } } },
    },
    body: { keep_alive: '10m', logprobs: true, options: { temperature: 1, seed: 2, min_p: 0.1 } },
  },
  { name: 'what only another has', request: { providerOptions: { openai: { store: true } } } },
  {
    name: 'what the provider was set to',
    options: { keepAlive: -1, contextWindow: 8192 },
    body: { keep_alive: -1, options: { num_ctx: 8192 } },
  },
  {
    name: 'the request over what the provider was set to',
    options: { keepAlive: -1, contextWindow: 8192 },
    request: { providerOptions: { ollama: { keep_alive: 0, options: { num_ctx: 4096 } } } },
    body: { keep_alive: 0, options: { num_ctx: 4096 } },
  },
]

let server: WireServer

beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

describe('on the wire', () => {
  const answer = { model: 'm', message: { role: 'assistant', content: 'Hello' }, done: true, done_reason: 'stop' }

  for (const { name, request, options, body, warnings = [] } of rows) {
    test(name, async () => {
      server.answer({ body: `${JSON.stringify(answer)}\n` })
      const provider = await connect({ baseURL: server.url, ...options })
      const asked: ChatRequest = { model: 'm', messages: [hi], ...request }
      const before = structuredClone(asked)

      const response = await provider.chat(asked)
      const expected = { model: 'm', messages: [hi], ...body }
      expect(server.requests.at(-1)).toMatchObject({ method: 'POST', path: '/api/chat' })
      expect(server.requests.at(-1)?.body).toEqual({ ...expected, stream: false })
      expect(response.warnings.map(({ parameter }) => parameter)).toEqual(warnings)

      const finish = (await collect(provider.stream(asked))).at(-1)
      expect(server.requests.at(-1)?.body).toEqual({ ...expected, stream: true })
      expect(finish).toMatchObject({ type: 'finish', warnings: response.warnings })
      expect(asked, 'the request of the caller').toEqual(before)
    })
  }
})

describe('refused before anything is sent', () => {
  const image = (media: { url: string } | { data: string; mediaType: string }): Partial<ChatRequest> => ({
    messages: [hi, { role: 'user', content: [{ type: 'image', image: media }] }],
  })
  const refused: readonly (readonly [string, Partial<ChatRequest>, string])[] = [
    ['no messages', { messages: [] }, 'messages'],
    ['a picture by address', image({ url: 'https://example.com/a.png' }), 'messages[1].content[0].image.url'],
    [
      'a picture that is no base64',
      image({ data: '/etc/hostname.', mediaType: 'image/png' }),
      'messages[1].content[0].image.data',
    ],
    ['a picture of nothing', image({ data: '', mediaType: 'image/png' }), 'messages[1].content[0].image.data'],
    ['a data URL of nothing', image({ url: 'data:image/png;base64,' }), 'messages[1].content[0].image.url'],
    [
      'a file',
      {
        messages: [{ role: 'user', content: [{ type: 'file', file: { data: 'AAAA', mediaType: 'application/pdf' } }] }],
      },
      'messages[0].content[0]',
    ],
    [
      'a result of no call',
      { messages: [hi, { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', content: '' }] }] },
      'messages[1].content[0].toolCallId',
    ],
    ['a call that is wanted without tools', { toolChoice: 'required' }, 'toolChoice'],
    ['a call that is wanted of none', { tools: [], toolChoice: 'required' }, 'toolChoice'],
    ['a choice of no tool', { tools: [tool], toolChoice: { tool: 'x' } }, 'toolChoice.tool'],
    ['tools for a model that calls none', { model: 'gemma3:4b', tools: [tool] }, 'tools'],
    ['another model by the back door', { providerOptions: { ollama: { model: 'x' } } }, 'providerOptions.ollama.model'],
    ['options that are none', { providerOptions: { ollama: { options: [1] } } }, 'providerOptions.ollama.options'],
    ['another way to answer', { providerOptions: { ollama: { stream: true } } }, 'providerOptions.ollama.stream'],
  ]

  test.for(refused)('%s', async ([, request, path]) => {
    const before = server.requests.length
    const provider = await connect({ baseURL: server.url })
    const asked: ChatRequest = { model: 'm', messages: [hi], ...request }
    for (const error of [await rejectionOf(provider.chat(asked)), await rejectionOf(collect(provider.stream(asked)))]) {
      expect(isProviderError(error)).toBe(true)
      expect(error).toMatchObject({ kind: 'invalid-request', provider: 'ollama', model: asked.model })
      expect(error).not.toHaveProperty('status')
      expect((error as Error).message).toContain(`Ollama cannot take ${path}: `)
    }
    expect(server.requests.length).toBe(before)
  })

  test('a file of this machine is never read as a picture', async () => {
    server.answer({ body: JSON.stringify({ message: { content: 'ok' }, done: true }) })
    const provider = await connect({ baseURL: server.url })
    // Base64 by its letters, and a path that exists.
    await provider.chat({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', image: { data: '/bin/sh', mediaType: 'image/png' } }] }],
    })
    expect(server.requests.at(-1)?.body).toMatchObject({ messages: [{ images: ['/bin/sh'] }] })
  })
})

describe('headers', () => {
  test.for<[string, OllamaOptions, Record<string, string>, string | undefined]>([
    ['no key', {}, {}, undefined],
    ['a key', { apiKey: 'k-option' }, { OLLAMA_API_KEY: 'k-variable' }, 'Bearer k-option'],
    ['a key from the environment', {}, { OLLAMA_API_KEY: 'k-variable' }, 'Bearer k-variable'],
    ['a key that is fetched', { apiKey: async () => 'k-fetched' }, {}, 'Bearer k-fetched'],
    ['a header of the caller', { apiKey: 'k', headers: { Authorization: 'Custom c' } }, {}, 'Custom c'],
  ])('%s', async ([, options, credentials, authorization]) => {
    server.answer({ body: JSON.stringify({ message: { content: 'ok' }, done: true }) })
    const provider = await connect({ baseURL: server.url, ...options }, { credentials })
    await provider.chat({ model: 'm', messages: [hi] })
    expect(server.requests.at(-1)?.headers['authorization']).toBe(authorization)
  })

  test('headers of the caller win over the ones of the SDK', async () => {
    server.answer({ body: JSON.stringify({ message: { content: 'ok' }, done: true }) })
    const provider = await connect({ baseURL: server.url, headers: { 'User-Agent': 'mine', 'X-Team': 'a' } })
    await provider.chat({ model: 'm', messages: [hi] })
    expect(server.requests.at(-1)?.headers).toMatchObject({
      'user-agent': 'mine',
      'x-team': 'a',
      'content-type': 'application/json',
    })
  })

  test('no key is taken from the environment behind the back of the registry', async () => {
    vi.stubEnv('OLLAMA_API_KEY', 'k-process')
    const sent: (string | null)[] = []
    const fetch = (url: unknown, init?: RequestInit): Promise<Response> => {
      sent.push(String(url), new Headers(init?.headers).get('authorization'))
      return Promise.resolve(Response.json({ message: { content: 'ok' }, done: true }))
    }
    const provider = await connect({ baseURL: 'ollama.com', fetch })
    await provider.chat({ model: 'm', messages: [hi] }).finally(() => vi.unstubAllEnvs())
    expect(sent).toEqual(['https://ollama.com:443/api/chat', null])
  })

  test('an address from the environment, with a password', async () => {
    server.answer({ body: JSON.stringify({ message: { content: 'ok' }, done: true }) })
    const OLLAMA_HOST = server.url.replace('//', '//ann:p%40ss@')
    const provider = await connect({}, { credentials: { OLLAMA_HOST } })
    await provider.chat({ model: 'm', messages: [hi] })
    expect(server.requests.at(-1)?.headers['authorization']).toBe(`Basic ${btoa('ann:p@ss')}`)
  })
})
