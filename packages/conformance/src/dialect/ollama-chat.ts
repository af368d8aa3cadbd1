import type { AssistantPart, ChatRequest, Message, ReasoningRequest, UserPart } from '@llmfb/core/provider'
import type { WireAnswer } from '../wire/wire-answer.ts'
import type { WireRequest } from '../wire/wire-request.ts'
import {
  assistantTurn,
  bearerOf,
  type Fields,
  fieldsOf,
  listOf,
  readParameters,
  readTool,
  textOf,
  userTurn,
} from './reading.ts'
import type { Asked, SpokenAnswer, SpokenFailure, SpokenPart, WireDialect } from './wire-dialect.ts'

const doneWords = { stop: 'stop', length: 'length', 'tool-calls': 'stop', 'content-filter': 'stop' } as const
const json = { 'content-type': 'application/json; charset=utf-8' }

/** Ollama's own API. */
export function ollamaChat(): WireDialect {
  return {
    name: 'ollama-chat',
    framing: 'json-lines',
    tells: {
      usage: ['uncachedInputTokens', 'outputTextTokens'],
      reasoning: 'text',
      toolCallIds: false,
      toolArguments: 'object',
      finish: ['stop', 'length', 'tool-calls'],
      rateLimits: [],
    },
    readRequest,
    requestIdHeader: 'x-request-id',

    answer(spoken) {
      const message = messageOf(spoken.parts)
      return { headers: { ...json, ...headersOf(spoken) }, body: JSON.stringify(lastOf(spoken, message)) }
    },

    stream(spoken) {
      const pieces = spoken.parts.flatMap((part): SpokenPart[] =>
        part.type === 'tool-call' ? [part] : part.pieces.map((piece) => ({ type: part.type, pieces: [piece] })),
      )
      return {
        headers: { 'content-type': 'application/x-ndjson', ...headersOf(spoken) },
        events: [
          ...pieces.map((piece) => line({ ...headOf(spoken), message: messageOf([piece]), done: false })),
          line(lastOf(spoken, messageOf([]))),
        ],
      }
    },

    frame: (data) => `${data}\n`,
    noise: ['\n', '\r\n', line({ ...headOf({ model: 'served-model' }), message: messageOf([]), done: false })],
    failures: {
      server: [failure(500, 'llama runner process has terminated'), failure(502, 'upstream'), page(502)],
      overloaded: [failure(503, 'server busy, please try again. maximum pending requests exceeded'), page(503)],
      timeout: [failure(504, 'upstream timed out')],
      'rate-limit': [failure(429, 'too many requests')],
      quota: [failure(429, 'you have reached your usage limit, upgrade to continue')],
      authentication: [failure(401, 'unauthorized')],
      permission: [failure(403, 'forbidden')],
      'model-not-found': [failure(404, "model 'no-such-model' not found")],
      'context-length': [failure(400, 'the input length exceeds the context length')],
      'content-filter': 'it filters nothing',
      'invalid-request': [failure(400, 'does not support tools')],
      warming: [failure(503, 'loading model')],
    },
    failuresWithin200: [{ name: 'an error', kind: 'server', body: errorBody('an unexpected error') }],
    failuresWithinStream: [
      { name: 'an error', kind: 'server', event: (text) => line({ error: `an error was encountered. ${text}` }) },
    ],
    facets: {
      embeddings: (vectors, _request, inputTokens) => ({
        headers: json,
        body: JSON.stringify({ model: 'served-model', embeddings: vectors, prompt_eval_count: inputTokens }),
      }),
      models: (ids) => ({
        headers: json,
        body: JSON.stringify({ models: ids.map((id) => ({ name: id, model: id, size: 1, digest: 'd', details: {} })) }),
      }),
      health: () => ({ headers: json, body: '{"version":"0.12.0"}' }),
      warmUp: ({ path }): WireAnswer =>
        path.endsWith('/api/show')
          ? { headers: json, body: '{"capabilities":["completion"]}' }
          : {
              headers: json,
              body: JSON.stringify({
                ...headOf({ model: 'served-model' }),
                message: messageOf([]),
                done_reason: 'load',
                done: true,
              }),
            },
    },
  }
}

function readRequest(request: WireRequest): Asked {
  const apiKey = bearerOf(request.headers)
  const keyed = apiKey === undefined ? {} : { apiKey }
  const body = fieldsOf(request.body)
  switch (request.path) {
    case '/api/chat':
      return { ...keyed, type: 'chat', stream: body['stream'] !== false, request: readChat(body) }
    case '/api/embed': {
      const { model, input, dimensions } = body
      const inputs = Array.isArray(input) ? input.map(textOf) : [textOf(input)]
      const size = typeof dimensions === 'number' ? { dimensions } : {}
      return { ...keyed, type: 'embeddings', request: { model: textOf(model), inputs, ...size } }
    }
    default:
      return { ...keyed, type: request.path === '/api/tags' ? 'models' : 'other' }
  }
}

function readChat(body: Fields): ChatRequest {
  const options = fieldsOf(body['options'])
  const { format, think } = body
  const tools = listOf(body['tools']).map((tool) => readTool(fieldsOf(tool['function']), 'parameters'))
  const reasoning: ReasoningRequest | undefined =
    think === undefined || think === true
      ? undefined
      : { effort: (think === false ? 'none' : think) as NonNullable<ReasoningRequest['effort']> }
  return {
    model: textOf(body['model']),
    messages: listOf(body['messages']).map(readMessage),
    ...(tools.length > 0 && { tools }),
    ...(format === 'json' && { responseFormat: { type: 'json' } }),
    ...(typeof format === 'object' && { responseFormat: { type: 'json-schema', schema: fieldsOf(format) as never } }),
    ...readParameters({
      temperature: options['temperature'],
      topP: options['top_p'],
      topK: options['top_k'],
      maxTokens: options['num_predict'],
      stop: options['stop'],
      seed: options['seed'],
      presencePenalty: options['presence_penalty'],
      frequencyPenalty: options['frequency_penalty'],
      reasoning,
    }),
  }
}

function readMessage(message: Fields): Message {
  const { role, content, thinking, images } = message
  const texts = textOf(content) === '' ? [] : [{ type: 'text' as const, text: textOf(content) }]
  if (role === 'system') return { role, content: texts }
  if (role === 'tool') {
    const toolName = textOf(message['tool_name'])
    return { role, content: [{ type: 'tool-result', toolCallId: '', toolName, content: textOf(content) }] }
  }
  if (role === 'assistant') {
    const calls = listOf(message['tool_calls']).map((call): AssistantPart => {
      const { name, arguments: args } = fieldsOf(call['function'])
      return { type: 'tool-call', id: '', name: textOf(name), arguments: JSON.stringify(args) }
    })
    const thoughts = textOf(thinking) === '' ? [] : [{ type: 'reasoning' as const, text: textOf(thinking) }]
    return assistantTurn([...thoughts, ...texts, ...calls])
  }
  const pictures = (Array.isArray(images) ? images : []).map((data): UserPart => {
    return { type: 'image', image: { data: textOf(data), mediaType: '' } }
  })
  return userTurn([...texts, ...pictures])
}

function headOf({ model }: Pick<SpokenAnswer, 'model'>): object {
  return { model, created_at: '2026-11-21T12:00:00.000000Z' }
}

function headersOf({ requestId }: SpokenAnswer): Record<string, string> {
  return requestId === undefined ? {} : { 'x-request-id': requestId }
}

function messageOf(parts: readonly SpokenPart[]): object {
  const joined = (type: 'text' | 'reasoning'): string =>
    parts.map((part) => (part.type === type ? part.pieces.join('') : '')).join('')
  const calls = parts.filter((part) => part.type === 'tool-call')
  return {
    role: 'assistant',
    content: joined('text'),
    ...(joined('reasoning') !== '' && { thinking: joined('reasoning') }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ name, pieces }) => {
        return { function: { name, arguments: JSON.parse(pieces.join('') || '{}') as unknown } }
      }),
    }),
  }
}

function lastOf(spoken: SpokenAnswer, message: object): object {
  const { usage } = spoken
  return {
    ...headOf(spoken),
    message,
    done_reason: doneWords[spoken.finish],
    done: true,
    total_duration: 182_242_375,
    ...(usage && { prompt_eval_count: usage.uncachedInputTokens, eval_count: usage.outputTextTokens }),
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}

function errorBody(lead: string): (message: string) => string {
  return (message) => JSON.stringify({ error: `${lead}: ${message}` })
}

/** It has no codes: where a status stands for several kinds, its words tell them apart. */
function failure(status: number, words: string): SpokenFailure {
  return { name: `${status} ${words.split(' ').slice(0, 4).join(' ')}`, status, headers: json, body: errorBody(words) }
}

/** What a proxy in front of the service answers. */
function page(status: number): SpokenFailure {
  const body = (message: string): string => `<html><body><h1>${status}</h1>\n<p>${message}</p></body></html>`
  return { name: `${status} as a page`, status, headers: { 'content-type': 'text/html' }, body }
}
