import { type Asked, chatCompletions, type SpokenAnswer, type WireDialect, type WireRequest } from '@llmfb/conformance'
import type { AssistantPart, Media, Message, ReasoningEffort, TextPart, UserPart } from '@llmfb/core/provider'

type Fields = Readonly<Record<string, unknown>>

const words = chatCompletions()

/** The Responses API as OpenAI speaks it. What it shares with Chat Completions, such as its errors, is taken from there. */
export function responses(): WireDialect {
  return {
    ...words,
    name: 'responses',
    tells: { ...words.tells, reasoning: 'signed' },
    readRequest,
    answer(spoken) {
      const { headers } = words.answer({ ...spoken, parts: [] })
      return { ...(headers && { headers }), body: JSON.stringify(toResponse(spoken)) }
    },
    stream: (spoken) => ({
      headers: words.stream({ ...spoken, parts: [] }).headers,
      events: toEvents(spoken),
    }),
    noise: [
      ...words.noise.slice(0, -1),
      eventOf('response.in_progress', { response: { id: 'resp_1', status: 'in_progress', output: [] } }),
      eventOf('response.something_new', { output_index: 0, delta: 'unheard of' }),
      eventOf('keepalive', { sequence_number: 3 }),
    ],
    failuresWithin200: [
      { name: 'an error', kind: 'server', body: failedBody('server_error') },
      { name: 'a rate limit', kind: 'rate-limit', body: failedBody('rate_limit_exceeded') },
    ],
    failuresWithinStream: [
      { name: 'an error', kind: 'server', event: (message) => eventOf('error', { code: 'server_error', message }) },
      { name: 'a quota', kind: 'quota', event: (message) => eventOf('error', { code: 'insufficient_quota', message }) },
      {
        name: 'a failed response',
        kind: 'rate-limit',
        event: (message) =>
          eventOf('response.failed', { response: JSON.parse(failedBody('rate_limit_exceeded')(message)) }),
      },
    ],
  }
}

/** The same words, and those in which OpenAI counts tokens, for whichever API. */
export function withCounts(dialect: WireDialect): WireDialect {
  return {
    ...dialect,
    readRequest(request) {
      if (!request.path.includes('/responses/input_tokens')) return dialect.readRequest(request)
      const { stream: _stream, ...asked } = readChat(request)
      return { ...asked, type: 'tokens' }
    },
    facets: {
      ...dialect.facets,
      tokens: (count) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ object: 'response.input_tokens', input_tokens: count }),
      }),
    },
  }
}

function failedBody(code: string): (message: string) => string {
  return (message) =>
    JSON.stringify({ id: 'resp_1', status: 'failed', error: { code, message }, output: [], usage: null })
}

function eventOf(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

/** The items of an answer. Texts that follow each other are one message. */
function toItems(spoken: SpokenAnswer): { readonly item: Fields; readonly pieces: readonly string[] }[] {
  return spoken.parts.map((part, index) => {
    const whole = part.pieces.join('')
    if (part.type === 'text') {
      const content =
        spoken.finish === 'content-filter'
          ? [{ type: 'refusal', refusal: whole }]
          : [{ type: 'output_text', text: whole, annotations: [], logprobs: [] }]
      const item = { type: 'message', id: `msg_${index}`, role: 'assistant', status: 'completed', content }
      return { item, pieces: part.pieces }
    }
    if (part.type === 'reasoning') {
      const item = {
        type: 'reasoning',
        id: `rs_${index}`,
        summary: whole === '' ? [] : [{ type: 'summary_text', text: whole }],
        encrypted_content: part.signature ?? null,
      }
      return { item, pieces: part.pieces }
    }
    const { id, name, pieces } = part
    const item = { type: 'function_call', id: `fc_${index}`, call_id: id, name, arguments: whole, status: 'completed' }
    return { item, pieces }
  })
}

function toResponse(spoken: SpokenAnswer, status?: string): Fields {
  const cut = spoken.finish === 'length'
  const { usage } = spoken
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_795_262_400,
    status: status ?? (cut ? 'incomplete' : 'completed'),
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    model: spoken.model,
    output: status === undefined ? toItems(spoken).map(({ item }) => item) : [],
    usage: usage
      ? {
          input_tokens: usage.uncachedInputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
          input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
          output_tokens: usage.outputTextTokens + usage.reasoningTokens,
          output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
        }
      : null,
  }
}

const deltas: Readonly<Record<string, string>> = {
  message: 'response.output_text.delta',
  reasoning: 'response.reasoning_summary_text.delta',
  function_call: 'response.function_call_arguments.delta',
}

function toEvents(spoken: SpokenAnswer): string[] {
  const end = spoken.finish === 'length' ? 'response.incomplete' : 'response.completed'
  return [
    eventOf('response.created', { response: toResponse({ ...spoken, parts: [] }, 'in_progress') }),
    ...toItems(spoken).flatMap(({ item, pieces }, output_index) => {
      const { type, id: item_id } = item
      const delta =
        type === 'message' && spoken.finish === 'content-filter' ? 'response.refusal.delta' : deltas[String(type)]
      const begun = {
        ...item,
        ...(type === 'message' && { content: [] }),
        ...(type === 'function_call' && { arguments: '' }),
      }
      return [
        eventOf('response.output_item.added', { output_index, item: { ...begun, status: 'in_progress' } }),
        ...pieces.map((piece) => eventOf(String(delta), { item_id, output_index, delta: piece })),
        eventOf('response.output_item.done', { output_index, item }),
      ]
    }),
    eventOf(end, { response: toResponse(spoken) }),
  ]
}

/** What a request in the words of the Responses API asks for. */
function readRequest(request: WireRequest): Asked {
  const path = request.path.replace(/\?.*$/, '')
  if (!path.endsWith('/responses')) return words.readRequest(request)
  return readChat(request)
}

function readChat(request: WireRequest): Extract<Asked, { readonly type: 'chat' }> {
  const body = fieldsOf(request.body)
  const [, apiKey] = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '') ?? []
  const { instructions, tools, tool_choice: choice, reasoning, text } = body
  const format = fieldsOf(fieldsOf(text)['format'])
  const effort = fieldsOf(reasoning)['effort']
  const told = {
    temperature: body['temperature'],
    topP: body['top_p'],
    maxTokens: body['max_output_tokens'],
    parallelToolCalls: body['parallel_tool_calls'],
    user: body['safety_identifier'],
    metadata: body['metadata'],
    reasoning: effort === undefined ? undefined : { effort: effort as ReasoningEffort },
  }
  return {
    ...(apiKey !== undefined && { apiKey }),
    type: 'chat',
    stream: body['stream'] === true,
    request: {
      model: String(body['model']),
      messages: [
        ...(typeof instructions === 'string' ? [{ role: 'system', content: [text1(instructions)] } as Message] : []),
        ...listOf(body['input']).reduce<Message[]>(addItem, []),
      ],
      ...(Array.isArray(tools) && {
        tools: listOf(tools).map(({ name, description, parameters, strict }) => ({
          name: String(name),
          ...(typeof description === 'string' && { description }),
          parameters: parameters as never,
          ...(strict === true && { strict }),
        })),
      }),
      ...(choice !== undefined && {
        toolChoice: typeof choice === 'string' ? (choice as 'auto') : { tool: String(fieldsOf(choice)['name']) },
      }),
      ...(format['type'] === 'json_object' && { responseFormat: { type: 'json' } as const }),
      ...(format['type'] === 'json_schema' && {
        responseFormat: {
          type: 'json-schema',
          schema: format['schema'] as never,
          name: String(format['name']),
        } as const,
      }),
      ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
    },
  }
}

/** What the assistant says in several items is one turn, and so is what tools answer. */
function addItem(messages: Message[], item: Fields): Message[] {
  const { type = 'message', role, content, call_id: id } = item
  const add = (part: AssistantPart): Message[] => {
    const last = messages.at(-1)
    if (last?.role !== 'assistant' || typeof last.content === 'string')
      return [...messages, { role: 'assistant', content: [part] }]
    return [...messages.slice(0, -1), { role: 'assistant', content: [...last.content, part] }]
  }
  if (type === 'function_call') {
    return add({ type: 'tool-call', id: String(id), name: String(item['name']), arguments: String(item['arguments']) })
  }
  if (type === 'reasoning') {
    const text = listOf(item['summary'])
      .map((part) => String(part['text']))
      .join('')
    const data = item['encrypted_content'] as string
    return add({ type: 'reasoning', text, opaque: { issuer: 'openai', data } })
  }
  if (type === 'function_call_output') {
    const { output } = item
    const parts = typeof output === 'string' ? output : (listOf(output).map(readPart) as TextPart[])
    return [...messages, { role: 'tool', content: [{ type: 'tool-result', toolCallId: String(id), content: parts }] }]
  }
  if (role === 'assistant') return add(text1(String(content)))
  const parts = typeof content === 'string' ? [text1(content)] : listOf(content).map(readPart)
  if (role === 'system') return [...messages, { role, content: parts as TextPart[] }]
  return [...messages, { role: 'user', content: parts }]
}

function readPart(part: Fields): UserPart {
  const breakpoint = fieldsOf(part['prompt_cache_breakpoint'])
  const ttl = breakpoint['ttl'] === undefined ? {} : { ttl: breakpoint['ttl'] === '30m' ? '5m' : '1h' }
  const cache = part['prompt_cache_breakpoint'] === undefined ? {} : { cacheBreakpoint: ttl as object }
  if (part['type'] === 'input_image') return { type: 'image', image: readUrl(String(part['image_url'])), ...cache }
  if (part['type'] === 'input_file') {
    const { file_data: data, file_url: url, filename } = part
    return {
      type: 'file',
      file: readUrl(String(data ?? url)),
      ...(typeof filename === 'string' && { filename }),
      ...cache,
    }
  }
  return { ...text1(String(part['text'])), ...cache }
}

function readUrl(url: string): Media {
  const [, mediaType = '', data] = /^data:([^;,]*);base64,(.*)$/s.exec(url) ?? []
  return data === undefined ? { url } : { data, mediaType }
}

function text1(text: string): TextPart {
  return { type: 'text', text }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}
