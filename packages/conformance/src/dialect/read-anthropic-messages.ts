import type { AssistantPart, ChatRequest, Message, ReasoningRequest, TextPart, UserPart } from '@llmfb/core/provider'
import type { WireRequest } from '../wire/wire-request.ts'
import {
  assistantTurn,
  bearerOf,
  type Fields,
  fieldsOf,
  listOf,
  readChoice,
  readParameters,
  readTool,
  textOf,
  userTurn,
} from './reading.ts'
import type { Asked } from './wire-dialect.ts'

/** What a request in the words of Anthropic's Messages asks for. */
export function readAnthropicRequest(request: WireRequest): Asked {
  const apiKey = bearerOf(request.headers) ?? request.headers['x-api-key']
  const keyed = apiKey === undefined ? {} : { apiKey }
  const path = request.path.replace(/\?.*$/, '')
  const body = fieldsOf(request.body)
  if (path.endsWith('/messages')) {
    return { ...keyed, type: 'chat', stream: body['stream'] === true, request: readMessages(body) }
  }
  if (path.endsWith('/count_tokens')) return { ...keyed, type: 'tokens', request: readMessages(body) }
  return { ...keyed, type: path.endsWith('/models') ? 'models' : 'other' }
}

function readMessages(body: Fields): ChatRequest {
  const system = body['system']
  const tools = listOf(body['tools']).map((tool) => ({ ...readTool(tool, 'input_schema'), ...breakpointOf(tool) }))
  const choice = fieldsOf(body['tool_choice'])
  const toolChoice =
    choice['type'] === 'tool'
      ? { tool: textOf(choice['name']) }
      : readChoice(choice['type'], { auto: 'auto', none: 'none', any: 'required' })
  const output = fieldsOf(body['output_config'])
  const format = fieldsOf(output['format'])
  const disableParallel = choice['disable_parallel_tool_use']
  return {
    model: textOf(body['model']),
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: textsOf(system) } as const]),
      ...listOf(body['messages']).flatMap(readMessage),
    ],
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(format['type'] === 'json_schema' && {
      responseFormat: { type: 'json-schema', schema: fieldsOf(format['schema']) as never },
    }),
    ...readParameters({
      temperature: body['temperature'],
      topP: body['top_p'],
      topK: body['top_k'],
      maxTokens: body['max_tokens'],
      stop: body['stop_sequences'],
      user: fieldsOf(body['metadata'])['user_id'],
      parallelToolCalls: typeof disableParallel === 'boolean' ? !disableParallel : undefined,
      reasoning: readThinking(fieldsOf(body['thinking']), output['effort']),
    }),
  }
}

function readThinking(thinking: Fields, effort: unknown): ReasoningRequest | undefined {
  const budgetTokens = thinking['budget_tokens']
  const word = thinking['type'] === 'disabled' ? 'none' : effort
  if (word === undefined && budgetTokens === undefined) return undefined
  return {
    ...(word !== undefined && { effort: word as NonNullable<ReasoningRequest['effort']> }),
    ...(typeof budgetTokens === 'number' && { budgetTokens }),
  }
}

function textsOf(content: unknown): TextPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return listOf(content).map((part) => ({ type: 'text', text: textOf(part['text']), ...breakpointOf(part) }))
}

function readMessage({ role, content }: Fields): Message[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content)
  if (role === 'assistant') return [assistantTurn(blocks.map(readAssistantBlock))]
  if (role === 'system') return [{ role, content: textsOf(blocks) }]
  const results = blocks.filter((block) => fieldsOf(block)['type'] === 'tool_result').map(readResult)
  const others = blocks.filter((block) => fieldsOf(block)['type'] !== 'tool_result').map(readUserBlock)
  return [
    ...(results.length > 0 ? [{ role: 'tool', content: results } as const] : []),
    ...(others.length > 0 ? [userTurn(others)] : []),
  ]
}

function readResult(block: Fields): Extract<Message, { role: 'tool' }>['content'][number] {
  const { tool_use_id: id, content, is_error: isError } = block
  const parts = typeof content === 'string' ? content : (listOf(content).map(readUserBlock) as TextPart[])
  return { type: 'tool-result', toolCallId: textOf(id), content: parts, ...(isError === true && { isError }) }
}

function readAssistantBlock(block: Fields): AssistantPart {
  if (block['type'] === 'tool_use') {
    const { id, name, input } = block
    return { type: 'tool-call', id: textOf(id), name: textOf(name), arguments: JSON.stringify(input) }
  }
  if (block['type'] === 'thinking') {
    const { thinking, signature } = block
    return { type: 'reasoning', text: textOf(thinking), opaque: { issuer: 'wire', data: textOf(signature) } }
  }
  return { type: 'text', text: textOf(block['text']), ...breakpointOf(block) }
}

function readUserBlock(block: Fields): UserPart {
  const source = fieldsOf(block['source'])
  const { type, url, data, media_type: mediaType } = source
  const media = type === 'url' ? { url: textOf(url) } : { data: textOf(data), mediaType: textOf(mediaType) }
  if (block['type'] === 'image') return { type: 'image', image: media, ...breakpointOf(block) }
  if (block['type'] === 'document') return { type: 'file', file: media, filename: textOf(block['title']) }
  return { type: 'text', text: textOf(block['text']), ...breakpointOf(block) }
}

function breakpointOf(block: Fields): Pick<TextPart, 'cacheBreakpoint'> {
  if (block['cache_control'] === undefined) return {}
  const { ttl } = fieldsOf(block['cache_control'])
  return { cacheBreakpoint: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}
