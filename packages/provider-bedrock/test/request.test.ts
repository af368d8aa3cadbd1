import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, ResponseFormat, Warning } from '@llmfb/core/provider'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { converseAnswer, messageStart, messageStop, metadata, streamAnswer } from './answers.ts'
import { collect, connect, failureOf, testKey } from './connect.ts'
import { description } from './description.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const newClaude = 'global.anthropic.claude-opus-4-8'
const nova = 'us.amazon.nova-2-lite-v1:0'
const llama = 'us.meta.llama3-3-70b-instruct-v1:0'

const hello = [{ role: 'user', content: 'Hello' }] as const
const parameters = { properties: { city: { type: 'string' } } } as const
const tool = { name: 'weather', description: 'Tells it', parameters } as const
const wireTool = {
  toolSpec: {
    name: 'weather',
    description: 'Tells it',
    inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
  },
}
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47])
const base64Png = 'iVBORw=='
const picture = { image: { format: 'png', source: { bytes: base64Png } } }
const cachePoint = { cachePoint: { type: 'default' } }
const schema: ResponseFormat = { type: 'json-schema', schema: { type: 'object' } }
const user = (...content: readonly unknown[]): unknown => ({ role: 'user', content })
const text = (words: string): unknown => ({ text: words })

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
    name: 'a question, and nothing that was not asked for',
    request: {},
    body: {
      messages: [user(text('Hello'))],
      system: undefined,
      inferenceConfig: undefined,
      toolConfig: undefined,
      outputConfig: undefined,
      additionalModelRequestFields: undefined,
      requestMetadata: undefined,
    },
  },
  {
    name: 'parameters',
    request: { maxTokens: 9, temperature: 0, topP: 0.5, stop: ['END'], metadata: { team: 'a' } },
    body: {
      inferenceConfig: { maxTokens: 9, temperature: 0, topP: 0.5, stopSequences: ['END'] },
      requestMetadata: { team: 'a' },
    },
  },
  { name: 'topK for Claude', request: { topK: 5 }, body: { additionalModelRequestFields: { top_k: 5 } } },
  {
    name: 'topK for Nova',
    request: { model: nova, topK: 5 },
    body: { additionalModelRequestFields: { inferenceConfig: { topK: 5 } } },
  },
  {
    name: 'parameters the service does not take',
    request: { seed: 1, presencePenalty: 1, frequencyPenalty: 1, user: 'u', parallelToolCalls: false },
    body: { inferenceConfig: undefined, additionalModelRequestFields: undefined },
    warnings: ['seed', 'presencePenalty', 'frequencyPenalty', 'parallelToolCalls', 'user'],
  },
  {
    name: 'parameters the model does not take',
    request: { model: newClaude, temperature: 1, topP: 1, topK: 1, maxTokens: 5 },
    body: { inferenceConfig: { maxTokens: 5 }, additionalModelRequestFields: undefined },
    warnings: ['temperature', 'topP', 'topK'],
  },
  { name: 'no stop texts', request: { stop: [], metadata: {} }, body: { inferenceConfig: undefined } },
  {
    name: 'a budget to think',
    request: { reasoning: { budgetTokens: 2048 } },
    body: { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } } },
  },
  {
    name: 'a budget in the midst of a turn that another model began',
    request: {
      tools: [tool],
      reasoning: { budgetTokens: 2048 },
      messages: [
        ...hello,
        { role: 'assistant', content: [{ type: 'tool-call', id: 't1', name: 'weather', arguments: '{}' }] },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', content: 'sunny' }] },
      ],
    },
    body: { additionalModelRequestFields: undefined },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'a budget where the answer has begun',
    request: {
      reasoning: { budgetTokens: 2048 },
      messages: [...hello, { role: 'assistant', content: 'It is' }],
    },
    body: { additionalModelRequestFields: undefined },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'a budget in the midst of a turn that began with a thought',
    request: {
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
              opaque: { issuer: 'bedrock', data: { type: 'reasoning', vendor: 'anthropic', signature: 's' } },
            },
            { type: 'tool-call', id: 't1', name: 'weather', arguments: '{}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', content: 'sunny' }] },
      ],
    },
    body: { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } } },
  },
  {
    name: 'an effort to think, where there are budgets only',
    request: { reasoning: { effort: 'high' } },
    body: { additionalModelRequestFields: undefined },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'not to think, which is what the model does by itself',
    request: { reasoning: { effort: 'none' } },
    body: { additionalModelRequestFields: undefined },
  },
  {
    name: 'an effort to think',
    request: { model: newClaude, reasoning: { effort: 'xhigh' } },
    body: {
      additionalModelRequestFields: {
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'xhigh' },
      },
    },
  },
  {
    name: 'an effort that the model does not know',
    request: { model: newClaude, reasoning: { effort: 'minimal' } },
    body: {
      additionalModelRequestFields: {
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'low' },
      },
    },
    warnings: ['reasoning.effort'],
  },
  {
    name: 'not to think, where the model would',
    request: { model: 'anthropic.claude-sonnet-9', reasoning: { effort: 'none' } },
    body: { additionalModelRequestFields: { thinking: { type: 'disabled' } } },
  },
  {
    name: 'a budget, where there are efforts only',
    request: { model: nova, reasoning: { effort: 'low', budgetTokens: 2048 } },
    body: { additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } } },
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'not to think, for Nova',
    request: { model: nova, reasoning: { effort: 'none' } },
    body: { additionalModelRequestFields: { reasoningConfig: { type: 'disabled' } } },
  },
  {
    name: 'an effort for gpt-oss, beside topP',
    request: { model: 'openai.gpt-oss-120b-1:0', topP: 0.5, reasoning: { effort: 'high' } },
    body: { inferenceConfig: { topP: 0.5 }, additionalModelRequestFields: { reasoning_effort: 'high' } },
  },
  {
    name: 'to think, where the model cannot',
    request: { model: llama, reasoning: { effort: 'low', budgetTokens: 9 } },
    body: { additionalModelRequestFields: undefined },
    warnings: ['reasoning'],
  },
  {
    name: 'JSON by schema',
    request: { responseFormat: { ...schema, description: 'A person' } },
    body: {
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { schema: '{"type":"object"}', name: 'response', description: 'A person' } },
        },
      },
    },
  },
  {
    name: 'JSON by a schema that need not be held to',
    request: { responseFormat: { ...schema, strict: false, name: 'p' } },
    body: {
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}', name: 'p' } } },
      },
    },
    warnings: ['responseFormat.strict'],
  },
  { name: 'text', request: { responseFormat: { type: 'text' } }, body: { outputConfig: undefined } },
  {
    name: 'system messages, one of them between turns',
    request: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        ...hello,
        { role: 'assistant', content: 'Hi' },
        { role: 'system', content: [{ type: 'text', text: 'Be kind.', cacheBreakpoint: {} }] },
        { role: 'system', content: ' ' },
        ...hello,
      ],
    },
    body: {
      system: [text('Be brief.'), text('Be kind.'), cachePoint],
      messages: [user(text('Hello')), { role: 'assistant', content: [text('Hi')] }, user(text('Hello'))],
    },
    warnings: ['messages[3]', 'messages[4]'],
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
    body: { messages: [user(text('One'), text('Two'), text('Three'))] },
  },
  {
    name: 'pictures',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', image: { data: png, mediaType: 'image/PNG' }, detail: 'auto' },
            { type: 'image', image: { data: base64Png, mediaType: 'image/png; x=y' }, cacheBreakpoint: {} },
            { type: 'image', image: { url: `data:image/png;base64,${base64Png}` }, detail: 'low' },
            { type: 'image', image: { url: 's3://bucket-1/a.jpg' } },
          ],
        },
      ],
    },
    body: {
      messages: [
        user(picture, picture, cachePoint, picture, {
          image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket-1/a.jpg' } } },
        }),
      ],
    },
    warnings: ['messages[0].content[2].detail'],
  },
  {
    name: 'files of every kind, each document under a name of its own',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Compare' },
            { type: 'file', file: { data: 'JVBERi0=', mediaType: 'application/pdf' }, filename: 'Größe_(1).pdf' },
            { type: 'file', file: { data: 'JVBERi0=', mediaType: 'application/pdf' }, filename: 'Größe_(1).pdf' },
            { type: 'file', file: { url: 'data:,a%20b' } },
            { type: 'file', file: { url: 's3://bucket-1/table.xlsx' } },
            { type: 'file', file: { data: png, mediaType: 'image/png' } },
            { type: 'file', file: { data: 'AAAA', mediaType: 'video/mp4' } },
            { type: 'file', file: { data: 'AAAA', mediaType: 'audio/mpeg' } },
            { type: 'file', file: { data: 'AAAA', mediaType: 'text/x-python' } },
          ],
        },
      ],
    },
    body: {
      messages: [
        user(
          text('Compare'),
          { document: { format: 'pdf', name: 'Gr e (1)', source: { bytes: 'JVBERi0=' } } },
          { document: { format: 'pdf', name: 'Gr e (1) (2)', source: { bytes: 'JVBERi0=' } } },
          { document: { format: 'txt', name: 'document', source: { bytes: 'YSBi' } } },
          {
            document: {
              format: 'xlsx',
              name: 'document (2)',
              source: { s3Location: { uri: 's3://bucket-1/table.xlsx' } },
            },
          },
          picture,
          { video: { format: 'mp4', source: { bytes: 'AAAA' } } },
          { audio: { format: 'mp3', source: { bytes: 'AAAA' } } },
          { document: { format: 'txt', name: 'document (3)', source: { bytes: 'AAAA' } } },
        ),
      ],
    },
  },
  {
    name: 'tools',
    request: { tools: [tool, { name: 'time', parameters: { type: 'object' }, description: '', strict: true }] },
    body: {
      toolConfig: {
        tools: [wireTool, { toolSpec: { name: 'time', inputSchema: { json: { type: 'object' } }, strict: true } }],
      },
    },
  },
  {
    name: 'a free choice of tools',
    request: { tools: [tool], toolChoice: 'auto' },
    body: { toolConfig: { tools: [wireTool], toolChoice: { auto: {} } } },
  },
  {
    name: 'some tool',
    request: { tools: [tool], toolChoice: 'required' },
    body: { toolConfig: { tools: [wireTool], toolChoice: { any: {} } } },
  },
  {
    name: 'one tool',
    request: { tools: [tool], toolChoice: { tool: 'weather' } },
    body: { toolConfig: { tools: [wireTool], toolChoice: { tool: { name: 'weather' } } } },
  },
  {
    name: 'no tool',
    request: { tools: [tool], toolChoice: 'none' },
    body: { toolConfig: undefined },
    warnings: ['toolChoice'],
  },
  { name: 'no tool where there is none', request: { toolChoice: 'none' }, body: { toolConfig: undefined } },
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
            { type: 'tool-call', id: 'tooluse_2', name: 'weather', arguments: '' },
            { type: 'tool-call', id: 'x'.repeat(80), name: 'weather', arguments: 'Oslo' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call:1', content: 'sunny' }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'tooluse_2',
              isError: true,
              content: [
                { type: 'text', text: 'no city' },
                { type: 'image', image: { data: png, mediaType: 'image/png' } },
              ],
              cacheBreakpoint: { ttl: '5m' },
            },
            { type: 'tool-result', toolCallId: 'x'.repeat(80), content: ' ' },
          ],
        },
        { role: 'user', content: 'So?' },
      ],
    },
    body: {
      messages: [
        user(text('Hello')),
        {
          role: 'assistant',
          content: [
            { toolUse: { toolUseId: 'call_3a1', name: 'weather', input: { city: 'Rome' } } },
            { toolUse: { toolUseId: 'tooluse_2', name: 'weather', input: {} } },
            {
              toolUse: {
                toolUseId: expect.stringMatching(/^x{40}_[0-9a-f]{23}$/),
                name: 'weather',
                input: { input: 'Oslo' },
              },
            },
          ],
        },
        user(
          { toolResult: { toolUseId: 'call_3a1', content: [text('sunny')] } },
          { toolResult: { toolUseId: 'tooluse_2', content: [text('no city'), picture], status: 'error' } },
          cachePoint,
          { toolResult: { toolUseId: expect.stringMatching(/^x{40}_[0-9a-f]{23}$/), content: [] } },
          text('So?'),
        ),
      ],
    },
    warnings: ['messages[1].content[2].arguments'],
  },
  {
    name: 'a history with tools that are no longer there',
    request: {
      messages: [
        ...hello,
        { role: 'assistant', content: [{ type: 'tool-call', id: 't1', name: 'weather', arguments: '{}' }] },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', toolName: 'weather', content: 'sunny' }] },
      ],
    },
    body: { toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] } },
    warnings: ['tools'],
  },
  {
    name: 'what only others issued, and files of the model',
    request: {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm', opaque: { issuer: 'anthropic', data: { signature: 'x' } } },
            { type: 'reasoning', text: 'Hm' },
            { type: 'text', text: 'Hi', opaque: { issuer: 'google', data: 'x' } },
            { type: 'file', file: { data: png, mediaType: 'image/png' } },
          ],
        },
        ...hello,
      ],
    },
    body: { messages: [user(text('Hello')), { role: 'assistant', content: [text('Hi')] }, user(text('Hello'))] },
    warnings: [
      'messages[1].content[0]',
      'messages[1].content[1]',
      'messages[1].content[2].opaque',
      'messages[1].content[3]',
    ],
  },
  {
    name: 'more cache points than are taken: the last four stay',
    request: {
      tools: [{ ...tool, cacheBreakpoint: {} }],
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be kind.', cacheBreakpoint: { ttl: '1h' } }] },
        {
          role: 'user',
          content: ['a', 'b', 'c'].map((words) => ({ type: 'text', text: words, cacheBreakpoint: {} }) as const),
        },
      ],
    },
    body: {
      toolConfig: { tools: [wireTool] },
      system: [text('Be kind.'), { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [user(text('a'), cachePoint, text('b'), cachePoint, text('c'), cachePoint)],
    },
    warnings: [undefined],
  },
  {
    name: 'cache points where tools have none and there is no hour',
    request: {
      model: nova,
      tools: [{ ...tool, cacheBreakpoint: {} }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cacheBreakpoint: { ttl: '1h' } }] }],
    },
    body: { toolConfig: { tools: [wireTool] }, messages: [user(text('a'), cachePoint)] },
    warnings: ['messages[0].content[0].cacheBreakpoint.ttl'],
  },
  {
    name: 'cache points where the model has no cache',
    request: {
      model: llama,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cacheBreakpoint: { ttl: '1h' } }] }],
    },
    body: { messages: [user(text('a'))] },
  },
  {
    name: 'options of its own, over and beside everything else',
    request: {
      temperature: 1,
      reasoning: { budgetTokens: 1024 },
      tools: [tool],
      providerOptions: {
        bedrock: {
          inferenceConfig: { topP: 0.5 },
          additionalModelRequestFields: { anthropic_beta: ['x'] },
          guardrailConfig: { guardrailIdentifier: 'abc123', guardrailVersion: 'DRAFT' },
          serviceTier: { type: 'flex' },
          toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] },
        },
        other: { x: 1 },
      },
    },
    body: {
      inferenceConfig: { temperature: 1, topP: 0.5 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 }, anthropic_beta: ['x'] },
      guardrailConfig: { guardrailIdentifier: 'abc123', guardrailVersion: 'DRAFT' },
      serviceTier: { type: 'flex' },
      toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] },
    },
  },
]

describe.each([
  ['Converse', 'converse'],
  ['ConverseStream', 'converse-stream'],
] as const)('%s', (operation, path) => {
  test.each(rows)('$name', async ({ request, body, warnings = [] }) => {
    server.answer(operation === 'Converse' ? converseAnswer() : streamAnswer([messageStart, messageStop(), metadata()]))
    const provider = await connect(server.url)
    const full: ChatRequest = { model: claude, messages: hello, ...request }
    const [answer] =
      operation === 'Converse' ? [await provider.chat(full)] : (await collect(provider.stream(full))).slice(-1)
    const sent = server.requests.at(-1)
    expect(sent?.path).toBe(`/model/${encodeURIComponent(full.model)}/${path}`)
    expect(sent?.body).toMatchObject(
      Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)),
    )
    for (const [name, value] of Object.entries(body)) {
      const field = (sent?.body as Readonly<Record<string, unknown>> | undefined)?.[name]
      expect(field, name).toEqual(value)
    }
    expect((answer as { warnings: readonly Warning[] }).warnings.map(({ parameter }) => parameter)).toEqual(warnings)
    expect(sent && description?.problemsOf(sent)).toEqual(description && [])
  })
})

test.skipIf(description === undefined)('the description of the service notices what is wrong', () => {
  expect(
    description?.problemsIn('ConverseRequest', { messages: [{ role: 'tool', content: [{ text: 1 }] }], x: 1 }),
  ).toHaveLength(3)
})

test.each<readonly [string, Partial<ChatRequest>]>([
  ['responseFormat', { responseFormat: { type: 'json' } }],
  ['toolChoice', { toolChoice: 'required' }],
  ['toolChoice', { toolChoice: { tool: 'weather' } }],
  ['messages has', { messages: [{ role: 'system', content: 'Hi' }] }],
  ['messages[0].role', { messages: [{ role: 'other', content: 'Hi' } as never] }],
  ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ type: 'other' } as never] }] }],
  ['messages[0].content[0].type', { messages: [{ role: 'assistant', content: [{ type: 'other' } as never] }] }],
  [
    'messages[0].content[0].image.url',
    { messages: [{ role: 'user', content: [{ type: 'image', image: { url: 'https://example.com/a.png' } }] }] },
  ],
  [
    'messages[0].content[0].image ',
    { messages: [{ role: 'user', content: [{ type: 'image', image: { data: '', mediaType: 'image/tiff' } }] }] },
  ],
  [
    'messages[0].content[0].file ',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { url: 's3://bucket-1/a.exe' } }] }] },
  ],
  [
    'messages[0].content[0].file.url',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { url: 'data:,%E0%A4%A' } }] }] },
  ],
  [
    'toolChoice',
    {
      tools: [tool],
      toolChoice: 'none',
      messages: [{ role: 'assistant', content: [{ type: 'tool-call', id: 't', name: 'weather', arguments: '' }] }],
    },
  ],
])('refuses %s before anything is sent', async (path, request) => {
  const provider = await connect(server.url)
  const before = server.requests.length
  const full = { model: claude, messages: hello, ...request }
  for (const call of [provider.chat(full), collect(provider.stream(full))]) {
    const failure = await failureOf(call)
    expect(failure).toMatchObject({ kind: 'invalid-request', provider: 'bedrock', model: claude })
    expect(failure.message).toContain(`Amazon Bedrock was not called. Invalid request: ${path}`)
  }
  expect(server.requests).toHaveLength(before)
})

test('numbers of any size keep their digits, there and back', async () => {
  const written = '{"id":12345678901234567890,"share":0.1,"list":[1,-9007199254740993]}'
  const answer = converseAnswer([{ toolUse: { toolUseId: 't', name: 'find', input: 'written' } }])
  server.answer({ ...answer, body: (answer.body as string).replace('"written"', written) })
  const bodies: string[] = []
  const spy: typeof fetch = (input, init) => {
    bodies.push(new TextDecoder().decode(init?.body as Uint8Array))
    return fetch(input, init)
  }
  const provider = await connect(server.url, { apiKey: testKey, fetch: spy })
  const { content } = await provider.chat({ model: claude, messages: hello })
  expect(content).toEqual([{ type: 'tool-call', id: 't', name: 'find', arguments: written }])
  await provider.chat({ model: claude, messages: [...hello, { role: 'assistant', content }] })
  expect(bodies[1]).toContain(`"input":${written}`)
})

test('options of its own that the SDK has no names for go out as they are', async () => {
  const more = { aFieldOfTomorrow: { deep: ['ünicode'] }, another: 1 }
  const credentials = { accessKeyId: 'AKIDOFTHESETESTS', secretAccessKey: 'secret' }
  const provider = await connect(server.url, { credentials })
  const request = { model: claude, messages: hello, maxTokens: 5, providerOptions: { bedrock: more } }
  server.answer(converseAnswer())
  await provider.chat(request)
  const body = { messages: [user(text('Hello'))], inferenceConfig: { maxTokens: 5 }, ...more }
  expect(server.requests.at(-1)?.body).toEqual(body)
  server.answer(streamAnswer([messageStart, messageStop(), metadata()]))
  await collect(provider.stream(request))
  expect(server.requests.at(-1)?.body).toEqual(body)
})

test('the model may be an ARN', async () => {
  const model = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123'
  server.answer(converseAnswer())
  await (await connect(server.url)).chat({ model, messages: hello })
  expect(server.requests.at(-1)?.path).toBe(`/model/${encodeURIComponent(model)}/converse`)
})

test('headers of its own are sent and signed, and a path of an address is kept', async () => {
  server.answer(converseAnswer())
  const credentials = {
    accessKeyId: 'AKIDOFTHESETESTS',
    secretAccessKey: 'secret-of-these-tests',
    sessionToken: 'token',
  }
  const provider = await connect(`${server.url}/private/`, { credentials, headers: { 'X-Team': 'a' } })
  await provider.chat({ model: claude, messages: hello })
  const { path, headers } = server.requests.at(-1) ?? {}
  expect(path).toBe(`/private/model/${encodeURIComponent(claude)}/converse`)
  expect(headers).toMatchObject({ 'x-team': 'a', 'x-amz-security-token': 'token' })
  expect(headers?.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDOFTHESETESTS\/\d{8}\/us-east-1\/bedrock\/aws4_request, SignedHeaders=.*x-team/,
  )
})
