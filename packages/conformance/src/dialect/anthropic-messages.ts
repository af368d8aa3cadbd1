import type { RateLimit, Usage } from '@llmfb/core/provider'
import { readAnthropicRequest } from './read-anthropic-messages.ts'
import { serverSentEvent, unheard } from './server-sent-events.ts'
import type { SpokenAnswer, SpokenFailure, SpokenPart, WireDialect } from './wire-dialect.ts'

const stopWords = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
} as const
const json = { 'content-type': 'application/json' }

/** Anthropic's Messages. */
export function anthropicMessages(): WireDialect {
  return {
    name: 'anthropic-messages',
    framing: 'server-sent-events',
    tells: {
      usage: ['uncachedInputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTextTokens', 'reasoningTokens'],
      reasoning: 'signed',
      toolCallIds: true,
      toolArguments: 'object',
      finish: ['stop', 'length', 'tool-calls', 'content-filter'],
      rateLimits: ['requests', 'tokens', 'input-tokens', 'output-tokens'],
    },
    readRequest: readAnthropicRequest,
    requestIdHeader: 'request-id',

    answer(spoken) {
      const content = spoken.parts.map((part) => {
        const joined = part.pieces.join('')
        if (part.type === 'text') return { type: 'text', text: joined, citations: null }
        if (part.type === 'reasoning') return { type: 'thinking', thinking: joined, signature: part.signature ?? '' }
        const input: unknown = joined === '' ? {} : JSON.parse(joined)
        return { type: 'tool_use', id: part.id, name: part.name, input }
      })
      const body = { ...messageOf(spoken, content), stop_reason: stopWords[spoken.finish] }
      const usage = spoken.usage && { usage: { ...inputOf(spoken.usage), ...outputOf(spoken.usage) } }
      return { headers: { ...json, ...headersOf(spoken) }, body: JSON.stringify({ ...body, ...usage }) }
    },

    stream(spoken) {
      const start = { ...messageOf(spoken, []), stop_reason: null }
      const usage = spoken.usage && { usage: { ...inputOf(spoken.usage), output_tokens: 1 } }
      return {
        headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headersOf(spoken) },
        events: [
          event({ type: 'message_start', message: { ...start, ...usage } }),
          event({ type: 'ping' }),
          ...spoken.parts.flatMap(eventsOf),
          event({
            type: 'message_delta',
            delta: { stop_reason: stopWords[spoken.finish], stop_sequence: null },
            ...(spoken.usage && { usage: outputOf(spoken.usage) }),
          }),
          event({ type: 'message_stop' }),
        ],
      }
    },

    frame: (data) => serverSentEvent(data),
    noise: [...unheard, event({ type: 'ping' }), event({ type: 'an_event_of_tomorrow', weather: { sky: 'blue' } })],
    failures: {
      server: [failure(500, 'api_error'), failure(502, 'api_error'), page(500), page(502)],
      overloaded: [failure(529, 'overloaded_error'), failure(503, 'overloaded_error'), page(503)],
      timeout: [failure(504, 'timeout_error'), page(504)],
      'rate-limit': [failure(429, 'rate_limit_error')],
      quota: [
        failure(402, 'billing_error'),
        failure(429, 'rate_limit_error', 'enforced_spend_limit_reached'),
        failure(
          400,
          'invalid_request_error',
          undefined,
          'Your credit balance is too low to access the Anthropic API. ',
        ),
      ],
      authentication: [failure(401, 'authentication_error')],
      permission: [failure(403, 'permission_error')],
      'model-not-found': [failure(404, 'not_found_error', undefined, 'model: no-such-model ')],
      'context-length': [
        failure(400, 'invalid_request_error', undefined, 'prompt is too long: 203284 tokens > 200000 maximum '),
      ],
      'content-filter': [
        failure(400, 'invalid_request_error', undefined, 'Output blocked by content filtering policy '),
      ],
      'invalid-request': [failure(400, 'invalid_request_error'), failure(413, 'request_too_large')],
      warming: 'its models are always loaded',
    },
    failuresWithin200: [{ name: 'overloaded', kind: 'overloaded', body: errorBody('overloaded_error') }],
    failuresWithinStream: [
      { name: 'overloaded', kind: 'overloaded', event: (text) => event(errorOf('overloaded_error', text)) },
      { name: 'rate limit', kind: 'rate-limit', event: (text) => event(errorOf('rate_limit_error', text)) },
      { name: 'server error', kind: 'server', event: (text) => event(errorOf('api_error', text)) },
    ],
    facets: {
      models: (ids) => ({
        headers: json,
        body: JSON.stringify({
          data: ids.map((id) => ({
            type: 'model',
            id,
            display_name: id,
            max_input_tokens: 200_000,
            max_tokens: 64_000,
          })),
          has_more: false,
          first_id: ids[0],
          last_id: ids.at(-1),
        }),
      }),
      tokens: (count) => ({ headers: json, body: JSON.stringify({ input_tokens: count }) }),
      health: () => ({ headers: json, body: '{"data":[],"has_more":false,"first_id":null,"last_id":null}' }),
    },
  }
}

function messageOf({ model }: SpokenAnswer, content: readonly unknown[]): object {
  return { id: 'msg_1', type: 'message', role: 'assistant', model, content, stop_sequence: null }
}

function event(data: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return serverSentEvent(JSON.stringify(data), data.type)
}

/** One content block: its start, its deltas, its end. */
function eventsOf(part: SpokenPart, index: number): string[] {
  const deltas = (type: string, field: string): object[] => part.pieces.map((piece) => ({ type, [field]: piece }))
  const block = (start: object, all: readonly object[]): string[] => [
    event({ type: 'content_block_start', index, content_block: start }),
    ...all.map((delta) => event({ type: 'content_block_delta', index, delta })),
    event({ type: 'content_block_stop', index }),
  ]
  if (part.type === 'text') return block({ type: 'text', text: '' }, deltas('text_delta', 'text'))
  if (part.type === 'reasoning') {
    const signed = part.signature === undefined ? [] : [{ type: 'signature_delta', signature: part.signature }]
    return block({ type: 'thinking', thinking: '', signature: '' }, [
      ...deltas('thinking_delta', 'thinking'),
      ...signed,
    ])
  }
  return block(
    { type: 'tool_use', id: part.id, name: part.name, input: {} },
    deltas('input_json_delta', 'partial_json'),
  )
}

function inputOf(usage: Usage): object {
  return {
    input_tokens: usage.uncachedInputTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
  }
}

function outputOf(usage: Usage): object {
  return {
    output_tokens: usage.outputTextTokens + usage.reasoningTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
  }
}

function headersOf({ requestId, rateLimits = [] }: SpokenAnswer): Record<string, string> {
  return {
    ...(requestId !== undefined && { 'request-id': requestId }),
    ...Object.assign({}, ...rateLimits.map(rateLimitHeaders)),
  }
}

/** The date of the answer goes with the reset, which is a date too. */
function rateLimitHeaders({ counts, limit, remaining, resetsInMs = 0 }: RateLimit): Record<string, string> {
  const sentAt = Date.UTC(2026, 10, 21, 12)
  return {
    date: new Date(sentAt).toUTCString(),
    [`anthropic-ratelimit-${counts}-limit`]: String(limit),
    [`anthropic-ratelimit-${counts}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${counts}-reset`]: new Date(sentAt + resetsInMs).toISOString().replace('.000Z', 'Z'),
  }
}

function errorOf(type: string, message: string, code?: string): { type: 'error'; error: object; request_id: string } {
  const error = { type, message, ...(code !== undefined && { details: { error_code: code } }) }
  return { type: 'error', error, request_id: 'req_1' }
}

function errorBody(type: string, code?: string, lead = ''): (message: string) => string {
  return (message) => JSON.stringify(errorOf(type, lead + message, code))
}

/** `lead` are the words that the service begins with, where they alone tell the kind. */
function failure(status: number, type: string, code?: string, lead?: string): SpokenFailure {
  const word = code ?? type
  const name = [status, word, lead?.trim().split(' ').slice(0, 4).join(' ')].filter(Boolean).join(' ')
  return { name, status, code: word, headers: json, body: errorBody(type, code, lead) }
}

/** What a proxy in front of the service answers. */
function page(status: number): SpokenFailure {
  const body = (message: string): string => `<html><body><h1>${status}</h1>\n<p>${message}</p></body></html>`
  return { name: `${status} as a page`, status, headers: { 'content-type': 'text/html' }, body }
}
