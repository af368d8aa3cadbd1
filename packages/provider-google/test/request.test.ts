import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, Message, Warning } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { streamAnswer, piece, stop, wholeAnswer } from './answers.ts'
import { collect, connect, failureOf, testKey } from './connect.ts'
import { description } from './description.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
  server.answer(({ path }) => (path.includes('stream') ? streamAnswer([piece([{ text: 'Hi' }], stop)]) : wholeAnswer()))
})
afterAll(() => server.close())

const hello = [{ role: 'user', content: 'Hello' }] as const
const schema = { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false } as const
const tool = { name: 'weather', description: 'Tells it', parameters: schema } as const
const declared = [
  { functionDeclarations: [{ name: 'weather', description: 'Tells it', parametersJsonSchema: schema }] },
]
const user = (...parts: readonly unknown[]): unknown => ({ role: 'user', parts })
const model = (...parts: readonly unknown[]): unknown => ({ role: 'model', parts })
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47])
const base64Png = 'iVBORw=='
const inlinePng = { inlineData: { mimeType: 'image/png', data: base64Png } }
const flash25 = 'gemini-2.5-flash'
const skip = 'skip_thought_signature_validator'

interface Row {
  readonly name: string
  readonly request: Partial<ChatRequest>
  /** Fields of the body; undefined for one that must not be there. */
  readonly body: Readonly<Record<string, unknown>>
  /** Parameters of the warnings. */
  readonly warnings?: readonly Warning['parameter'][]
}

const turns = (...messages: readonly Message[]): Partial<ChatRequest> => ({ messages: [...hello, ...messages] })
const generationConfig = (config: unknown): Row['body'] => ({ generationConfig: config })
const mode = (word: string): Row['body'] => ({ toolConfig: { functionCallingConfig: { mode: word } } })

const rows: readonly Row[] = [
  {
    name: 'a question',
    request: {},
    body: {
      contents: [user({ text: 'Hello' })],
      systemInstruction: undefined,
      tools: undefined,
      toolConfig: undefined,
      generationConfig: {},
      model: undefined,
    },
  },
  { name: 'temperature', request: { temperature: 0 }, body: generationConfig({ temperature: 0 }) },
  { name: 'topP', request: { topP: 0.5 }, body: generationConfig({ topP: 0.5 }) },
  { name: 'topK', request: { topK: 7 }, body: generationConfig({ topK: 7 }) },
  { name: 'maxTokens', request: { maxTokens: 9 }, body: generationConfig({ maxOutputTokens: 9 }) },
  { name: 'stop', request: { stop: ['END', '!'] }, body: generationConfig({ stopSequences: ['END', '!'] }) },
  { name: 'no stop', request: { stop: [] }, body: generationConfig({}) },
  { name: 'seed', request: { seed: 0 }, body: generationConfig({ seed: 0 }) },
  { name: 'presencePenalty', request: { presencePenalty: -1 }, body: generationConfig({ presencePenalty: -1 }) },
  { name: 'frequencyPenalty', request: { frequencyPenalty: 1 }, body: generationConfig({ frequencyPenalty: 1 }) },
  {
    name: 'what the service does not have',
    request: { user: 'u1', metadata: { team: 'blue' }, parallelToolCalls: false, tools: [tool] },
    body: { generationConfig: {}, labels: undefined },
    warnings: ['parallelToolCalls', 'user', 'metadata'],
  },
  {
    name: 'a level',
    request: { reasoning: { effort: 'minimal' } },
    body: generationConfig({ thinkingConfig: { thinkingLevel: 'MINIMAL', includeThoughts: true } }),
  },
  {
    name: 'a level that is none',
    request: { reasoning: { effort: 'max' } },
    body: generationConfig({ thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true } }),
    warnings: ['reasoning.effort'],
  },
  {
    name: 'not to think, for a model that always does',
    request: { reasoning: { effort: 'none' } },
    body: generationConfig({ thinkingConfig: { thinkingLevel: 'MINIMAL', includeThoughts: true } }),
    warnings: ['reasoning.effort'],
  },
  {
    name: 'a budget for a model that has levels',
    request: { reasoning: { budgetTokens: 99 } },
    body: generationConfig({}),
    warnings: ['reasoning.budgetTokens'],
  },
  {
    name: 'a budget',
    request: { model: flash25, reasoning: { budgetTokens: 99 } },
    body: generationConfig({ thinkingConfig: { thinkingBudget: 99, includeThoughts: true } }),
  },
  {
    name: 'a budget and an effort',
    request: { model: flash25, reasoning: { budgetTokens: 99, effort: 'low' } },
    body: generationConfig({ thinkingConfig: { thinkingBudget: 99, includeThoughts: true } }),
    warnings: ['reasoning.effort'],
  },
  ...(
    [
      ['none', 0, false],
      ['low', 1024, true],
      ['medium', 8192, true],
      ['high', 24_576, true],
    ] as const
  ).map(([effort, thinkingBudget, includeThoughts]) => ({
    name: `the effort '${effort}' as a budget`,
    request: { model: flash25, reasoning: { effort } },
    body: generationConfig({ thinkingConfig: { thinkingBudget, includeThoughts } }),
  })),
  {
    name: 'an effort for a model that does not think',
    request: { model: 'gemini-2.0-flash', reasoning: { effort: 'low' } },
    body: generationConfig({}),
    warnings: ['reasoning'],
  },
  {
    name: 'JSON',
    request: { responseFormat: { type: 'json' } },
    body: generationConfig({ responseMimeType: 'application/json' }),
  },
  {
    name: 'JSON by schema',
    request: { responseFormat: { type: 'json-schema', schema, name: 'answer', description: 'It', strict: false } },
    body: generationConfig({ responseMimeType: 'application/json', responseJsonSchema: schema }),
    warnings: ['responseFormat.description', 'responseFormat.strict'],
  },
  { name: 'tools', request: { tools: [tool] }, body: { tools: declared, toolConfig: undefined } },
  { name: 'strict tools', request: { tools: [{ ...tool, strict: true }] }, body: mode('VALIDATED') },
  { name: 'tools as it likes', request: { tools: [tool], toolChoice: 'auto' }, body: mode('AUTO') },
  { name: 'no tool now', request: { tools: [tool], toolChoice: 'none' }, body: { ...mode('NONE'), tools: declared } },
  { name: 'any tool', request: { tools: [tool], toolChoice: 'required' }, body: mode('ANY') },
  {
    name: 'that tool',
    request: { tools: [tool], toolChoice: { tool: 'weather' } },
    body: { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } } },
  },
  {
    name: 'system messages',
    request: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        ...hello,
        { role: 'system', content: [{ type: 'text', text: 'Rhyme.', cacheBreakpoint: {} }] },
      ],
    },
    body: {
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Rhyme.' }] },
      contents: [user({ text: 'Hello' })],
    },
    warnings: ['messages[2]'],
  },
  {
    name: 'neighbours of one kind are one turn, and empty texts none',
    request: turns({
      role: 'user',
      content: [
        { type: 'text', text: '' },
        { type: 'text', text: 'Again' },
      ],
    }),
    body: { contents: [user({ text: 'Hello' }, { text: 'Again' })] },
  },
  {
    name: 'pictures',
    request: turns({
      role: 'user',
      content: [
        { type: 'image', image: { data: png, mediaType: 'image/png' } },
        { type: 'image', image: { data: base64Png, mediaType: 'image/png' }, detail: 'low' },
        { type: 'image', image: { url: `data:image/png;base64,${base64Png}` }, detail: 'auto' },
        { type: 'image', image: { url: 'https://example.org/sky.PNG?x=1' }, detail: 'high' },
        { type: 'image', image: { url: 'https://example.org/sky' } },
      ],
    }),
    body: {
      contents: [
        user(
          { text: 'Hello' },
          inlinePng,
          { ...inlinePng, mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } },
          inlinePng,
          {
            fileData: { fileUri: 'https://example.org/sky.PNG?x=1', mimeType: 'image/png' },
            mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' },
          },
          { fileData: { fileUri: 'https://example.org/sky' } },
        ),
      ],
    },
  },
  {
    name: 'how closely to look, for a model that looks at all alike',
    request: {
      model: flash25,
      messages: [
        { role: 'user', content: [{ type: 'image', image: { data: png, mediaType: 'image/png' }, detail: 'low' }] },
      ],
    },
    body: { contents: [user(inlinePng)] },
    warnings: ['messages[0].content[0].detail'],
  },
  {
    name: 'files',
    request: turns({
      role: 'user',
      content: [
        { type: 'file', file: { url: 'data:text/plain,a%20b' }, filename: 'a.txt' },
        { type: 'file', file: { url: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
        { type: 'file', file: { url: 'https://example.org/paper.pdf' } },
      ],
    }),
    body: {
      contents: [
        user(
          { text: 'Hello' },
          { inlineData: { mimeType: 'text/plain', data: 'YSBi' } },
          { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
          { fileData: { fileUri: 'https://example.org/paper.pdf', mimeType: 'application/pdf' } },
        ),
      ],
    },
    warnings: ['messages[1].content[0].filename'],
  },
  {
    name: 'calls and results, of another model',
    request: turns(
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm', opaque: { issuer: 'another', data: 'x' } },
          { type: 'text', text: 'I look', opaque: { issuer: 'another', data: 'x' } },
          { type: 'tool-call', id: '1', name: 'weather', arguments: '{"city":"Rome"}' },
          { type: 'tool-call', id: '2', name: 'weather', arguments: 'Rome' },
          { type: 'tool-call', id: '3', name: 'now', arguments: '' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: '1', content: 'Sun' }] },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: '2', content: 'No such city', isError: true },
          {
            type: 'tool-result',
            toolCallId: '3',
            toolName: 'now',
            content: [
              { type: 'text', text: 'See' },
              { type: 'image', image: { data: png, mediaType: 'image/png' } },
            ],
          },
        ],
      },
      { role: 'user', content: 'So?' },
    ),
    body: {
      contents: [
        user({ text: 'Hello' }),
        model(
          { text: 'I look' },
          { functionCall: { id: '1', name: 'weather', args: { city: 'Rome' } }, thoughtSignature: skip },
          { functionCall: { id: '2', name: 'weather', args: { input: 'Rome' } } },
          { functionCall: { id: '3', name: 'now', args: {} } },
        ),
        user(
          { functionResponse: { id: '1', name: 'weather', response: { output: 'Sun' } } },
          { functionResponse: { id: '2', name: 'weather', response: { error: 'No such city' } } },
          { functionResponse: { id: '3', name: 'now', response: { output: 'See' }, parts: [inlinePng] } },
        ),
        user({ text: 'So?' }),
      ],
    },
    warnings: ['messages[1].content[0]', 'messages[1].content[1].opaque', 'messages[1].content[3].arguments'],
  },
  {
    name: 'calls and pictures in results, for a model before the third generation',
    request: {
      model: flash25,
      ...turns(
        { role: 'assistant', content: [{ type: 'tool-call', id: '1', name: 'look', arguments: '{}' }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: '1',
              content: [{ type: 'image', image: { data: png, mediaType: 'image/png' } }],
            },
          ],
        },
      ),
    },
    body: {
      contents: [
        user({ text: 'Hello' }),
        model({ functionCall: { id: '1', name: 'look', args: {} } }),
        user({ functionResponse: { id: '1', name: 'look', response: { output: '' } } }, inlinePng),
      ],
    },
    warnings: ['messages[2].content[0].content'],
  },
  {
    name: 'what only Google has goes over everything else, field by field',
    request: {
      temperature: 1,
      seed: 7,
      providerOptions: {
        google: { generationConfig: { temperature: 2 }, safetySettings: [], cachedContent: 'cachedContents/1' },
        another: { secret: 1 },
      },
    },
    body: {
      generationConfig: { temperature: 2, seed: 7 },
      safetySettings: [],
      cachedContent: 'cachedContents/1',
      secret: undefined,
    },
  },
]

test.each(rows)('$name', async ({ request, body, warnings = [] }) => {
  const provider = await connect(server.url)
  const asked = { model: 'gemini-3-flash-preview', messages: hello, ...request }
  const response = await provider.chat(asked)
  const sent = server.requests.at(-1)
  expect(sent?.path).toBe(`/v1beta/models/${asked.model}:generateContent`)
  const fields = (sent?.body ?? {}) as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(body)) expect(fields[name], name).toEqual(value)
  expect(response.warnings.map(({ parameter }) => parameter)).toEqual(warnings)

  const events = await collect(provider.stream(asked))
  expect(server.requests.at(-1)?.path).toBe(`/v1beta/models/${asked.model}:streamGenerateContent?alt=sse`)
  expect(server.requests.at(-1)?.body, 'streamed').toEqual(sent?.body)
  expect(events.at(-1)).toMatchObject({ type: 'finish', warnings: response.warnings })
})

test.skipIf(description === undefined).each(rows)('by the service’s own description: $name', async ({ request }) => {
  const provider = await connect(server.url)
  await provider.chat({ model: 'gemini-3-flash-preview', messages: hello, ...request })
  expect(server.requests.slice(-1).map((sent) => description?.problemsOf(sent))).toEqual([[]])
})

test.skipIf(description === undefined)('the service’s own description finds what is wrong', () => {
  const body = { contents: [{ parts: [{ txt: 'Hello' }] }], generationConfig: { seed: 'x' } }
  expect(description?.problemsIn('GenerateContentRequest', body)).toEqual([
    'body.contents[0].parts[0].txt is not known',
    'body.generationConfig.seed is no integer',
  ])
})

test('headers: the key, the SDK, and those of the caller', async () => {
  const provider = await connect(server.url, { headers: { 'X-Team': 'blue', 'user-agent': 'mine' } })
  await provider.chat({ model: flash25, messages: hello })
  const headers = server.requests.at(-1)?.headers
  expect(headers).toMatchObject({ 'x-goog-api-key': testKey, 'x-team': 'blue', 'user-agent': 'mine' })
  expect(headers?.['x-goog-api-client']).toMatch(/^google-genai-sdk\/3\.1\.0 /)
  expect(headers).not.toHaveProperty('x-server-timeout')
  expect(headers).not.toHaveProperty('authorization')
})

test.each([
  ['messages', { messages: [] }],
  ['messages', { messages: [{ role: 'system', content: 'Be brief.' }] }],
  ['toolChoice', { toolChoice: 'required' }],
  [
    'messages[0].content[0].image.url',
    { messages: [{ role: 'user', content: [{ type: 'image', image: { url: 'file:///etc/passwd' } }] }] },
  ],
  [
    'messages[0].content[0].file.url',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { url: 'data:text/plain,%E0%A4%A' } }] }] },
  ],
  [
    'messages[0].content[0].toolName',
    { messages: [{ role: 'tool', content: [{ type: 'tool-result', toolCallId: '9', content: '' }] }] },
  ],
  ['tools', { model: 'gemini-2.5-flash-image', tools: [tool] }],
] as const)('refuses %s of %j', async (path, request) => {
  const before = server.requests.length
  const provider = await connect(server.url)
  const failure = await failureOf(provider.chat({ model: flash25, messages: hello, ...request }))
  expect(failure).toMatchObject({ kind: 'invalid-request', provider: 'google' })
  expect(failure.message).toMatch(/^Google was not called\. /)
  expect(failure.message).toContain(path)
  expect(server.requests).toHaveLength(before)
})
