import type { RateLimit, Usage } from '@llmfb/core/provider'
import { readChatCompletionsRequest } from './read-chat-completions.ts'
import { serverSentEvent, unheard } from './server-sent-events.ts'
import type { SpokenAnswer, SpokenFailure, SpokenPart, WireDialect } from './wire-dialect.ts'

/** How a service deviates from OpenAI. */
export interface ChatCompletionsWords {
  /** Field in which answers show reasoning. @default none */
  readonly reasoningField?: string
  /** @default 'x-request-id' */
  readonly requestIdHeader?: string
  /** How it says that a model is being loaded. @default never */
  readonly warming?: readonly SpokenFailure[]
}

const finishWords = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const

/** 2026-11-21T12:00:00Z. */
const created = 1_795_262_400

/** Chat Completions as OpenAI speaks it; services that deviate spread it and replace what is theirs. */
export function chatCompletions(words: ChatCompletionsWords = {}): WireDialect {
  const { reasoningField, requestIdHeader = 'x-request-id', warming } = words
  const json = { 'content-type': 'application/json' }
  const headersOf = ({ requestId, rateLimits = [] }: Pick<SpokenAnswer, 'requestId' | 'rateLimits'>) => ({
    ...(requestId !== undefined && { [requestIdHeader]: requestId }),
    ...Object.assign({}, ...rateLimits.map(rateLimitHeaders)),
  })

  return {
    name: 'chat-completions',
    basePath: '/v1',
    framing: 'server-sent-events',
    tells: {
      usage: ['uncachedInputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTextTokens', 'reasoningTokens'],
      reasoning: reasoningField === undefined ? 'no' : 'text',
      toolCallIds: true,
      toolArguments: 'text',
      finish: ['stop', 'length', 'tool-calls', 'content-filter'],
      rateLimits: ['requests', 'tokens'],
    },
    readRequest: readChatCompletionsRequest,
    requestIdHeader,

    answer(spoken) {
      const joined = (type: 'text' | 'reasoning'): string =>
        spoken.parts.map((part) => (part.type === type ? part.pieces.join('') : '')).join('')
      const calls = spoken.parts.filter((part) => part.type === 'tool-call')
      const message = {
        role: 'assistant',
        content: spoken.parts.some(({ type }) => type === 'text') ? joined('text') : null,
        refusal: null,
        ...(reasoningField !== undefined && joined('reasoning') !== '' && { [reasoningField]: joined('reasoning') }),
        ...(calls.length > 0 && {
          tool_calls: calls.map(({ id, name, pieces }) => {
            return { id, type: 'function', function: { name, arguments: pieces.join('') } }
          }),
        }),
      }
      const body = {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created,
        model: spoken.model,
        choices: [{ index: 0, message, logprobs: null, finish_reason: finishWords[spoken.finish] }],
        ...(spoken.usage && { usage: toUsage(spoken.usage) }),
        system_fingerprint: 'fp_1',
      }
      return { headers: { ...json, ...headersOf(spoken) }, body: JSON.stringify(body) }
    },

    stream(spoken) {
      const chunk = (choices: readonly unknown[], rest: object = {}): string =>
        serverSentEvent(
          JSON.stringify({
            id: 'chatcmpl-1',
            object: 'chat.completion.chunk',
            created,
            model: spoken.model,
            choices,
            ...rest,
          }),
        )
      const delta = (change: object, finish: string | null = null): string =>
        chunk([{ index: 0, delta: change, logprobs: null, finish_reason: finish }])
      return {
        headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headersOf(spoken) },
        events: [
          delta({ role: 'assistant', content: '', refusal: null }),
          ...deltasOf(spoken.parts, reasoningField ?? 'reasoning_content').map((change) => delta(change)),
          delta({}, finishWords[spoken.finish]),
          ...(spoken.usage ? [chunk([], { usage: toUsage(spoken.usage) })] : []),
          'data: [DONE]\n\n',
        ],
      }
    },

    frame: (data) => serverSentEvent(data),
    noise: [
      ...unheard,
      serverSentEvent(JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [] })),
    ],
    failures: {
      server: [failure(500, 'server_error'), failure(502, 'server_error'), page(500), page(502)],
      overloaded: [failure(503, 'server_error'), page(503)],
      timeout: [failure(504, 'server_error'), failure(408, 'invalid_request_error'), page(504)],
      'rate-limit': [failure(429, 'tokens', 'rate_limit_exceeded'), failure(429, 'requests', 'rate_limit_exceeded')],
      quota: [failure(429, 'insufficient_quota', 'insufficient_quota'), failure(402, 'billing_error')],
      authentication: [failure(401, 'invalid_request_error', 'invalid_api_key')],
      permission: [failure(403, 'invalid_request_error', 'unsupported_country_region_territory')],
      'model-not-found': [failure(404, 'invalid_request_error', 'model_not_found')],
      'context-length': [failure(400, 'invalid_request_error', 'context_length_exceeded')],
      'content-filter': [
        failure(400, 'invalid_request_error', 'content_filter'),
        failure(400, 'invalid_request_error', 'content_policy_violation'),
      ],
      'invalid-request': [
        failure(400, 'invalid_request_error'),
        failure(413, 'invalid_request_error'),
        failure(422, 'invalid_request_error', 'unsupported_value'),
      ],
      warming: warming ?? 'its models are always loaded',
    },
    failuresWithin200: [
      { name: 'an error', kind: 'server', body: errorBody('server_error') },
      { name: 'a rate limit', kind: 'rate-limit', body: errorBody('requests', 'rate_limit_exceeded') },
    ],
    failuresWithinStream: [
      { name: 'an error', kind: 'server', event: (text) => serverSentEvent(errorBody('server_error')(text)) },
      { name: 'a quota', kind: 'quota', event: (text) => serverSentEvent(errorBody('x', 'insufficient_quota')(text)) },
      {
        name: 'a named event',
        kind: 'server',
        event: (text) => serverSentEvent(errorBody('server_error')(text), 'error'),
      },
    ],
    facets: {
      embeddings: (vectors, request, inputTokens) => ({
        headers: json,
        body: JSON.stringify({
          object: 'list',
          model: 'served-model',
          data: vectors.map((vector, index) => {
            const base64 = (request.body as { encoding_format?: unknown }).encoding_format === 'base64'
            return { object: 'embedding', index, embedding: base64 ? toBase64(vector) : vector }
          }),
          usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
        }),
      }),
      models: (ids) => ({
        headers: json,
        body: JSON.stringify({
          object: 'list',
          data: ids.map((id) => ({ id, object: 'model', created, owned_by: 'the-service' })),
        }),
      }),
      health: () => ({ headers: json, body: '{"object":"list","data":[{"id":"a-model","object":"model"}]}' }),
    },
  }
}

function deltasOf(parts: readonly SpokenPart[], reasoningField: string): object[] {
  let calls = 0
  return parts.flatMap((part): object[] => {
    if (part.type === 'text') return part.pieces.map((content) => ({ content }))
    if (part.type === 'reasoning') return part.pieces.map((piece) => ({ [reasoningField]: piece }))
    const index = calls++
    const call = (rest: object): object => ({ tool_calls: [{ index, ...rest }] })
    return [
      call({ id: part.id, type: 'function', function: { name: part.name, arguments: '' } }),
      ...part.pieces.map((piece) => call({ function: { arguments: piece } })),
    ]
  })
}

function toUsage(usage: Usage): object {
  const prompt = usage.uncachedInputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  const completion = usage.outputTextTokens + usage.reasoningTokens
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}

function rateLimitHeaders({ counts, limit, remaining, resetsInMs }: RateLimit): Record<string, string> {
  return {
    [`x-ratelimit-limit-${counts}`]: String(limit),
    [`x-ratelimit-remaining-${counts}`]: String(remaining),
    [`x-ratelimit-reset-${counts}`]: `${(resetsInMs ?? 0) / 1000}s`,
  }
}

function errorBody(type: string, code?: string): (message: string) => string {
  return (message) => JSON.stringify({ error: { message, type, param: null, code: code ?? null } })
}

function failure(status: number, type: string, code?: string): SpokenFailure {
  const word = code ?? type
  const headers = { 'content-type': 'application/json' }
  return { name: `${status} ${word}`, status, code: word, headers, body: errorBody(type, code) }
}

/** What a proxy in front of the service answers. */
function page(status: number): SpokenFailure {
  const body = (message: string): string => `<html><body><h1>${status}</h1>\n<p>${message}</p></body></html>`
  return { name: `${status} as a page`, status, headers: { 'content-type': 'text/html' }, body }
}

/** 32-bit floats, the lowest byte first. */
function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64')
}
