import type { AssistantPart, ChatRequest, Message, ReasoningEffort, TextPart, UserPart } from '@llmfb/core/provider'
import type { WireRequest } from '../wire/wire-request.ts'
import {
  assistantTurn,
  bearerOf,
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

/** What a request in the words of Chat Completions asks for. */
export function readChatCompletionsRequest(request: WireRequest): Asked {
  const apiKey = bearerOf(request.headers) ?? request.headers['api-key']
  const keyed = apiKey === undefined ? {} : { apiKey }
  const path = request.path.replace(/\?.*$/, '')
  const body = fieldsOf(request.body)
  if (path.endsWith('/chat/completions')) {
    return { ...keyed, type: 'chat', stream: body['stream'] === true, request: readChat(body) }
  }
  if (path.endsWith('/embeddings')) {
    const { input, dimensions } = body
    return {
      ...keyed,
      type: 'embeddings',
      request: {
        model: textOf(body['model']),
        inputs: Array.isArray(input) ? input.map(textOf) : [textOf(input)],
        ...(typeof dimensions === 'number' && { dimensions }),
      },
    }
  }
  return { ...keyed, type: path.endsWith('/models') ? 'models' : 'other' }
}

function readChat(body: Fields): ChatRequest {
  const tools = listOf(body['tools']).map((tool) => readTool(fieldsOf(tool['function']), 'parameters'))
  const choice = body['tool_choice']
  const named = textOf(fieldsOf(fieldsOf(choice)['function'])['name'])
  const toolChoice =
    named === '' ? readChoice(choice, { auto: 'auto', none: 'none', required: 'required' }) : { tool: named }
  const format = fieldsOf(body['response_format'])
  const schema = fieldsOf(format['json_schema'])
  const effort = body['reasoning_effort']
  return {
    model: textOf(body['model']),
    messages: listOf(body['messages']).map(readMessage),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...readResponseFormat(format['type'], schema),
    ...readParameters({
      temperature: body['temperature'],
      topP: body['top_p'],
      topK: body['top_k'],
      maxTokens: body['max_completion_tokens'] ?? body['max_tokens'],
      stop: typeof body['stop'] === 'string' ? [body['stop']] : body['stop'],
      seed: body['seed'],
      presencePenalty: body['presence_penalty'],
      frequencyPenalty: body['frequency_penalty'],
      parallelToolCalls: body['parallel_tool_calls'],
      user: body['user'],
      metadata: body['metadata'],
      ...(typeof effort === 'string' && { reasoning: { effort: effort as ReasoningEffort } }),
    }),
  }
}

function readMessage(message: Fields): Message {
  const { role, content } = message
  if (role === 'assistant') {
    const reasoning = textOf(message['reasoning_content'])
    const calls = listOf(message['tool_calls']).map((call): AssistantPart => {
      const { name, arguments: args } = fieldsOf(call['function'])
      return { type: 'tool-call', id: textOf(call['id']), name: textOf(name), arguments: textOf(args) }
    })
    const texts = textsOf(content)
    return assistantTurn([
      ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...texts,
      ...calls,
    ])
  }
  if (role === 'tool') {
    const parts = typeof content === 'string' ? content : (listOf(content).map(readPart) as TextPart[])
    return { role, content: [{ type: 'tool-result', toolCallId: textOf(message['tool_call_id']), content: parts }] }
  }
  if (role === 'system' || role === 'developer') return { role: 'system', content: textsOf(content) }
  return userTurn(typeof content === 'string' ? textsOf(content) : listOf(content).map(readPart))
}

function textsOf(content: unknown): TextPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return listOf(content).map((part) => ({ type: 'text', text: textOf(part['text']), ...breakpointOf(part) }))
}

function readPart(part: Fields): UserPart {
  if (part['type'] === 'image_url') {
    return { type: 'image', image: readUrl(textOf(fieldsOf(part['image_url'])['url'])), ...breakpointOf(part) }
  }
  if (part['type'] === 'file') {
    const { file_data: data, filename } = fieldsOf(part['file'])
    return { type: 'file', file: readUrl(textOf(data)), filename: textOf(filename), ...breakpointOf(part) }
  }
  return { type: 'text', text: textOf(part['text']), ...breakpointOf(part) }
}

function breakpointOf(part: Fields): Pick<TextPart, 'cacheBreakpoint'> {
  const { ttl } = fieldsOf(part['cache_control'])
  if (part['cache_control'] === undefined) return {}
  return { cacheBreakpoint: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}
