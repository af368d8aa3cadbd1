import type { AssistantPart, ChatRequest, Message, ReasoningEffort, TextPart, UserPart } from '@llmfb/core/provider'
import type { WireRequest } from '../wire/wire-request.ts'
import { readChatCompletionsRequest } from './read-chat-completions.ts'
import {
  assistantTurn,
  type Fields,
  fieldsOf,
  listOf,
  readChoice,
  readParameters,
  readResponseFormat,
  readTool,
  readUrl,
  textOf,
  userTurn,
} from './reading.ts'
import type { Asked } from './wire-dialect.ts'

/** What a request in the words of the Responses API asks for; other endpoints have those of Chat Completions. */
export function readResponsesRequest(request: WireRequest): Asked {
  const path = request.path.replace(/\?.*$/, '')
  const { apiKey } = readChatCompletionsRequest({ ...request, path: '' })
  const keyed = apiKey === undefined ? {} : { apiKey }
  const body = fieldsOf(request.body)
  if (path.endsWith('/responses/input_tokens')) return { ...keyed, type: 'tokens', request: readChat(body) }
  if (!path.endsWith('/responses')) return readChatCompletionsRequest(request)
  return { ...keyed, type: 'chat', stream: body['stream'] === true, request: readChat(body) }
}

function readChat(body: Fields): ChatRequest {
  const { instructions } = body
  const tools = listOf(body['tools']).map((tool) => readTool(tool, 'parameters'))
  const choice = body['tool_choice']
  const named = textOf(fieldsOf(choice)['name'])
  const toolChoice =
    named === '' ? readChoice(choice, { auto: 'auto', none: 'none', required: 'required' }) : { tool: named }
  const format = fieldsOf(fieldsOf(body['text'])['format'])
  const effort = fieldsOf(body['reasoning'])['effort']
  const system: readonly Message[] =
    typeof instructions === 'string' ? [{ role: 'system', content: [{ type: 'text', text: instructions }] }] : []
  return {
    model: textOf(body['model']),
    messages: listOf(body['input']).reduce<readonly Message[]>(addItem, system),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...readResponseFormat(format['type'], format),
    ...readParameters({
      temperature: body['temperature'],
      topP: body['top_p'],
      maxTokens: body['max_output_tokens'],
      parallelToolCalls: body['parallel_tool_calls'],
      user: body['safety_identifier'] ?? body['user'],
      metadata: body['metadata'],
      ...(typeof effort === 'string' && { reasoning: { effort: effort as ReasoningEffort } }),
    }),
  }
}

/** What the assistant says in several items is one turn, and so is what tools answer. */
function addItem(messages: readonly Message[], item: Fields): readonly Message[] {
  const { type = 'message', role, content } = item
  const said = type === 'message' && role !== 'assistant' ? undefined : readAssistantPart(item)
  const last = messages.at(-1)
  if (said !== undefined) {
    return last?.role === 'assistant' && typeof last.content !== 'string'
      ? [...messages.slice(0, -1), assistantTurn([...last.content, said])]
      : [...messages, assistantTurn([said])]
  }
  if (type === 'function_call_output') {
    const { output } = item
    const parts = typeof output === 'string' ? output : (listOf(output).map(readPart) as TextPart[])
    const result = { type: 'tool-result', toolCallId: textOf(item['call_id']), content: parts } as const
    return [...messages, { role: 'tool', content: [result] }]
  }
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : listOf(content).map(readPart)
  return [...messages, role === 'system' ? { role, content: parts as TextPart[] } : userTurn(parts)]
}

function readAssistantPart(item: Fields): AssistantPart | undefined {
  const { type = 'message' } = item
  if (type === 'message') return { type: 'text', text: textOf(item['content']) }
  if (type === 'function_call') {
    const { call_id: id, name, arguments: args } = item
    return { type: 'tool-call', id: textOf(id), name: textOf(name), arguments: textOf(args) }
  }
  if (type !== 'reasoning') return undefined
  const text = listOf(item['summary'])
    .map((part) => textOf(part['text']))
    .join('')
  return { type: 'reasoning', text, opaque: { issuer: 'wire', data: textOf(item['encrypted_content']) } }
}

function readPart(part: Fields): UserPart {
  const { type, prompt_cache_breakpoint: mark } = part
  const { ttl } = fieldsOf(mark)
  const kept = ttl === undefined ? {} : { ttl: ttl === '30m' ? ('5m' as const) : ('1h' as const) }
  const marked = mark === undefined ? {} : { cacheBreakpoint: kept }
  if (type === 'input_image') return { type: 'image', image: readUrl(textOf(part['image_url'])), ...marked }
  if (type === 'input_file') {
    const { file_data: data, file_url: url, filename } = part
    const named = typeof filename === 'string' ? { filename } : {}
    return { type: 'file', file: readUrl(textOf(data ?? url)), ...named, ...marked }
  }
  return { type: 'text', text: textOf(part['text']), ...marked }
}
