import { startWireServer, type WireServer } from '@llmfb/conformance'
import {
  type ChatRequest,
  type Capabilities,
  isProviderError,
  type JsonObject,
  type Message,
  type UserMessage,
} from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from '@llmfb/openai-compatible'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { completion, eventStream, json, chunk, sse } from './bodies.ts'
import { connect, everything, testKey } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const hello: readonly Message[] = [{ role: 'user', content: 'Hi' }]

function lastBody(): Record<string, unknown> {
  return server.requests.at(-1)?.body as Record<string, unknown>
}

interface Setting {
  readonly dialect?: ChatCompletionsDialect
  readonly capabilities?: Partial<Capabilities>
}

/** What reached the wire, and the warnings that came with the answer. */
async function send(
  change: Partial<ChatRequest>,
  { dialect, capabilities }: Setting = {},
): Promise<{
  body: Record<string, unknown>
  warnings: readonly (string | undefined)[]
  headers: Record<string, string>
}> {
  server.answer({ headers: json, body: JSON.stringify(completion()) })
  const provider = connect({
    baseURL: `${server.url}/v1`,
    capabilities: () => ({ ...everything, ...capabilities }),
    ...(dialect && { dialect }),
  })
  const response = await provider.chat({ model: 'm', messages: hello, ...change })
  const request = server.requests.at(-1)
  expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions' })
  return {
    body: lastBody(),
    warnings: response.warnings.map(({ parameter }) => parameter),
    headers: { ...request?.headers },
  }
}

async function refusal(change: Partial<ChatRequest>, setting?: Setting): Promise<string> {
  const before = server.requests.length
  const error: unknown = await send(change, setting).catch((reason: unknown) => reason)
  expect(server.requests).toHaveLength(before)
  if (!isProviderError(error)) throw error
  expect(error).toMatchObject({ kind: 'invalid-request', provider: 'compatible', model: 'm' })
  return error.message
}

describe('parameters', () => {
  const cases: readonly (readonly [Partial<ChatRequest>, JsonObject])[] = [
    [{ temperature: 0 }, { temperature: 0 }],
    [{ topP: 0.5 }, { top_p: 0.5 }],
    [{ topK: 40 }, { top_k: 40 }],
    [{ maxTokens: 100 }, { max_tokens: 100 }],
    [{ stop: ['END', '\n'] }, { stop: ['END', '\n'] }],
    [{ seed: 7 }, { seed: 7 }],
    [{ presencePenalty: -1 }, { presence_penalty: -1 }],
    [{ frequencyPenalty: 1.5 }, { frequency_penalty: 1.5 }],
    [{ reasoning: { effort: 'high' } }, { reasoning_effort: 'high' }],
    [{ user: 'u-1' }, { user: 'u-1' }],
    [{ metadata: { team: 'a' } }, { metadata: { team: 'a' } }],
    [{ responseFormat: { type: 'text' } }, {}],
    [{ responseFormat: { type: 'json' } }, { response_format: { type: 'json_object' } }],
    [
      { responseFormat: { type: 'json-schema', schema: { type: 'object' } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'response', schema: { type: 'object' }, strict: true },
        },
      },
    ],
    [
      { responseFormat: { type: 'json-schema', schema: {}, name: 'n', description: 'd', strict: false } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', description: 'd', schema: {}, strict: false },
        },
      },
    ],
    [{ toolChoice: 'auto' }, {}],
    [{ providerOptions: { compatible: { logit_bias: { '1': 2 } }, other: { x: 1 } } }, { logit_bias: { '1': 2 } }],
    [{ temperature: 1, providerOptions: { compatible: { temperature: 0.1 } } }, { temperature: 0.1 }],
  ]

  test.each(cases)('%j goes out as %j, and nothing else', async (change, fields) => {
    const { body, warnings } = await send(change)
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields })
    expect(warnings).toEqual([])
  })

  test.each([
    ['temperature', { temperature: 1 }],
    ['topP', { topP: 1 }],
    ['topK', { topK: 1 }],
    ['maxTokens', { maxTokens: 1 }],
    ['stop', { stop: ['x'] }],
    ['seed', { seed: 1 }],
    ['presencePenalty', { presencePenalty: 1 }],
    ['frequencyPenalty', { frequencyPenalty: 1 }],
    ['reasoning.effort', { reasoning: { effort: 'low' } }],
    ['reasoning.budgetTokens', { reasoning: { budgetTokens: 10 } }],
    ['parallelToolCalls', { parallelToolCalls: false }],
    ['user', { user: 'u' }],
    ['metadata', { metadata: {} }],
  ] satisfies readonly (readonly [string, Partial<ChatRequest>])[])(
    'leaves out %s with a warning where the model does not take it',
    async (parameter, change) => {
      const { body, warnings } = await send(change, { capabilities: { parameters: {} } })
      expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
      expect(warnings).toEqual([parameter])
    },
  )

  it('sends metadata only with answers that are stored, where the service refuses it with others', async () => {
    const dialect = { metadataNeedsStore: true }
    const metadata = { team: 'a' }
    for (const providerOptions of [undefined, { compatible: { store: false } }, { other: { store: true } }]) {
      const { body, warnings } = await send({ metadata, ...(providerOptions && { providerOptions }) }, { dialect })
      expect(body).not.toHaveProperty('metadata')
      expect(warnings).toEqual(['metadata'])
    }
    const { body, warnings } = await send({ metadata, providerOptions: { compatible: { store: true } } }, { dialect })
    expect(body).toMatchObject({ metadata, store: true })
    expect(warnings).toEqual([])
  })

  test.each(['model', 'messages', 'stream'])('refuses a providerOption that overrides %s', async (field) => {
    const path = `providerOptions.compatible.${field}`
    expect(await refusal({ providerOptions: { compatible: { [field]: true } } })).toContain(path)
  })

  it('asks for the usage of a stream beside what providerOptions say of it', async () => {
    server.answer({ headers: sse, body: eventStream(chunk({ content: 'x' }, 'stop'), '[DONE]') })
    const providerOptions = { compatible: { stream_options: { include_obfuscation: false } } }
    const events = connect({ baseURL: server.url }).stream({ model: 'm', messages: hello, providerOptions })
    for await (const event of events) expect(event).toBeDefined()
    expect(lastBody()['stream_options']).toEqual({ include_usage: true, include_obfuscation: false })
  })

  it('sends the nearest effort that the model knows, and says so', async () => {
    const most = await send({ reasoning: { effort: 'max' } })
    expect(most.body['reasoning_effort']).toBe('high')
    expect(most.warnings).toEqual(['reasoning.effort'])
    const least = await send({ reasoning: { effort: 'none' } })
    expect(least.body['reasoning_effort']).toBe('low')
  })

  it('asks for a stream with its usage, unless the dialect knows no such option', async () => {
    const answer = { headers: sse, body: eventStream(chunk({ content: 'x' }, 'stop'), '[DONE]') }
    for (const [dialect, expected] of [
      [{}, { stream: true, stream_options: { include_usage: true } }],
      [{ includeUsage: false }, { stream: true }],
    ] as const) {
      server.answer(answer)
      const provider = connect({ baseURL: server.url, dialect })
      for await (const event of provider.stream({ model: 'm', messages: hello })) expect(event).toBeDefined()
      const { model: _model, messages: _messages, ...rest } = lastBody()
      expect(rest).toEqual(expected)
    }
  })
})

describe('tools', () => {
  const tools: ChatRequest['tools'] = [
    { name: 'weather', description: 'Tells it', parameters: { type: 'object' }, strict: true },
    { name: 'time', parameters: { type: 'object' } },
  ]

  it('sends them with their schemas', async () => {
    const { body } = await send({ tools, toolChoice: 'required', parallelToolCalls: false })
    expect(body).toMatchObject({ tool_choice: 'required', parallel_tool_calls: false })
    expect(body['tools']).toEqual([
      {
        type: 'function',
        function: { name: 'weather', description: 'Tells it', parameters: { type: 'object' }, strict: true },
      },
      { type: 'function', function: { name: 'time', parameters: { type: 'object' } } },
    ])
  })

  test.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ tool: 'time' }, { type: 'function', function: { name: 'time' } }],
  ] as const)('tool choice %j goes out as %j', async (toolChoice, expected) => {
    expect((await send({ tools, toolChoice })).body['tool_choice']).toEqual(expected)
  })

  it('refuses what the model cannot do rather than leave it out', async () => {
    expect(await refusal({ tools }, { capabilities: { tools: false } })).toContain('tools')
    const format = { responseFormat: { type: 'json-schema', schema: {} } } as const
    expect(await refusal(format, { capabilities: { responseFormats: ['json'] } })).toContain('responseFormat')
  })
})

describe('messages', () => {
  async function messages(sent: readonly Message[], setting?: Setting): Promise<unknown> {
    return (await send({ messages: sent }, setting)).body['messages']
  }

  it('sends system prompts in the role that the service wants', async () => {
    const system: readonly Message[] = [{ role: 'system', content: 'Be brief.' }]
    expect(await messages(system)).toEqual([{ role: 'system', content: 'Be brief.' }])
    expect(await messages(system, { dialect: { systemRole: 'developer' } })).toEqual([
      { role: 'developer', content: 'Be brief.' },
    ])
  })

  it('sends a single text as a string, several as parts', async () => {
    const text = (value: string) => ({ type: 'text', text: value }) as const
    expect(
      await messages([
        { role: 'user', content: [text('a')] },
        { role: 'user', content: [text('a'), text('b')] },
        { role: 'assistant', content: [text('a'), text('b')] },
      ]),
    ).toEqual([
      { role: 'user', content: 'a' },
      { role: 'user', content: [text('a'), text('b')] },
      { role: 'assistant', content: 'ab' },
    ])
  })

  it('sends images by URL and as data', async () => {
    const bytes = new Uint8Array([0, 1, 2, 250]).subarray(1)
    const content: UserMessage['content'] = [
      { type: 'text', text: 'What is it?' },
      { type: 'image', image: { url: 'https://example.org/a.png' }, detail: 'low' },
      { type: 'image', image: { data: bytes, mediaType: 'image/png' } },
      { type: 'image', image: { data: 'AAEC', mediaType: 'image/jpeg' } },
      { type: 'file', file: { data: 'AAEC', mediaType: 'image/gif' } },
    ]
    expect(await messages([{ role: 'user', content }])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQL6' } },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAEC' } },
          { type: 'image_url', image_url: { url: 'data:image/gif;base64,AAEC' } },
        ],
      },
    ])
  })

  it('sends documents and sound as data', async () => {
    const content: UserMessage['content'] = [
      { type: 'file', file: { data: 'AAEC', mediaType: 'application/pdf' }, filename: 'a.pdf' },
      { type: 'file', file: { data: 'AAEC', mediaType: 'text/csv' } },
      { type: 'file', file: { data: 'AAEC', mediaType: 'audio/mpeg' } },
      { type: 'file', file: { data: 'AAEC', mediaType: 'audio/wav' } },
    ]
    expect(await messages([{ role: 'user', content }])).toMatchObject([
      {
        content: [
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAEC' } },
          { type: 'file', file: { filename: 'file.csv', file_data: 'data:text/csv;base64,AAEC' } },
          { type: 'input_audio', input_audio: { data: 'AAEC', format: 'mp3' } },
          { type: 'input_audio', input_audio: { data: 'AAEC', format: 'wav' } },
        ],
      },
    ])
  })

  it('sends tool calls and their results', async () => {
    expect(
      await messages([
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Kyiv"}' },
            { type: 'tool-call', id: 'c2', name: 'time', arguments: '' },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'c1', content: 'sunny' },
            { type: 'tool-result', toolCallId: 'c2', content: [{ type: 'text', text: 'noon' }], isError: true },
          ],
        },
      ]),
    ).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Kyiv"}' } },
          { id: 'c2', type: 'function', function: { name: 'time', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'c2', content: 'noon' },
    ])
  })

  it('leaves out files of the assistant, and says that a tool failed, with a warning', async () => {
    const made = { type: 'file', file: { data: 'AA==', mediaType: 'image/png' } } as const
    const failed = { type: 'tool-result', toolCallId: 'c1', content: 'no', isError: true } as const
    const { body, warnings } = await send({
      messages: [
        { role: 'assistant', content: [{ type: 'text', text: 'Look' }, made] },
        { role: 'tool', content: [failed] },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'assistant', content: 'Look' },
      { role: 'tool', tool_call_id: 'c1', content: 'no' },
    ])
    expect(warnings).toEqual(['messages[0].content[1]', 'messages[1].content[0].isError'])
  })

  const imageResult: Message = {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'c1',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', image: { data: 'AAEC', mediaType: 'image/png' } },
        ],
      },
    ],
  }

  it('refuses what the API has no words for, naming where it is', async () => {
    expect(await refusal({ messages: [...hello, imageResult] })).toContain('messages[1].content[0].content[1]')
    const byUrl = { type: 'file', file: { url: 'https://example.org/a.pdf' } } as const
    expect(await refusal({ messages: [{ role: 'user', content: [byUrl] }] })).toContain(
      'messages[0].content[0].file.url',
    )
    const blind = { capabilities: { input: [] } }
    const image = { type: 'image', image: { url: 'https://example.org/a.png' } } as const
    expect(await refusal({ messages: [{ role: 'user', content: [image] }] }, blind)).toContain('messages[0].content[0]')
    const pdf = { type: 'file', file: { data: 'AA==', mediaType: 'application/pdf' } } as const
    expect(await refusal({ messages: [{ role: 'user', content: [pdf] }] }, blind)).toContain('messages[0].content[0]')
  })

  it('sends it where the dialect has words', async () => {
    const dialect = { toolResultImages: true, fileUrls: true }
    expect(await messages([imageResult], { dialect })).toMatchObject([
      { content: [{ type: 'text' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' } }] },
    ])
    const byUrl = { type: 'file', file: { url: 'https://example.org/a.pdf' } } as const
    expect(await messages([{ role: 'user', content: [byUrl] }], { dialect })).toMatchObject([
      { content: [{ type: 'file', file: { file_data: 'https://example.org/a.pdf' } }] },
    ])
  })

  const thinking: Message = {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: '', opaque: { issuer: 'anthropic', data: 'sig' } },
      { type: 'text', text: 'Yes.', opaque: { issuer: 'google', data: 'sig' } },
    ],
  }

  it('leaves out reasoning with a warning for each part', async () => {
    const { body, warnings } = await send({ messages: [thinking] })
    expect(body['messages']).toEqual([{ role: 'assistant', content: 'Yes.' }])
    expect(warnings).toEqual(['messages[0].content[0]', 'messages[0].content[1]', 'messages[0].content[2].opaque'])
  })

  it('gives reasoning back to a service that wants it, but nothing opaque', async () => {
    const { body, warnings } = await send(
      { messages: [thinking] },
      { dialect: { reasoningReplayField: 'reasoning_content' } },
    )
    expect(body['messages']).toEqual([{ role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' }])
    expect(warnings).toEqual(['messages[0].content[1].opaque', 'messages[0].content[2].opaque'])
  })

  it('ignores cache breakpoints without a word, unless the dialect has one for them', async () => {
    const request = {
      messages: [{ role: 'system', content: [{ type: 'text', text: 'Long', cacheBreakpoint: { ttl: '1h' } }] }],
      tools: [{ name: 't', parameters: {}, cacheBreakpoint: {} }],
    } as const
    const ignored = await send(request)
    expect(JSON.stringify(ignored.body)).not.toContain('cache')
    expect(ignored.warnings).toEqual([])
    const { body } = await send(request, {
      dialect: { cacheBreakpoints: 'cache_control' },
      capabilities: { promptCache: true },
    })
    expect(body).toMatchObject({
      messages: [{ content: [{ type: 'text', text: 'Long', cache_control: { type: 'ephemeral', ttl: '1h' } }] }],
      tools: [{ cache_control: { type: 'ephemeral' } }],
    })
  })
})

describe('dialects', () => {
  it('has other words for parameters', async () => {
    const dialect: ChatCompletionsDialect = {
      maxTokensField: 'max_completion_tokens',
      renamedFields: { seed: 'random_seed', max_completion_tokens: 'limit' },
      reasoning: (effort) => ({ thinking: { effort: effort ?? null } }),
    }
    const { body } = await send({ seed: 1, maxTokens: 5, reasoning: { effort: 'low' } }, { dialect })
    expect(body).toMatchObject({ random_seed: 1, limit: 5, thinking: { effort: 'low' } })
    expect(body).not.toHaveProperty('seed')
    expect(body).not.toHaveProperty('reasoning_effort')
  })

  it('carries the key in headers of its own', async () => {
    const { headers } = await send({}, { dialect: { authentication: (apiKey) => ({ 'Api-Key': apiKey }) } })
    expect(headers['api-key']).toBe(testKey)
    expect(headers).not.toHaveProperty('authorization')
  })
})
