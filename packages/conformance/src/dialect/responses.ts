import { chatCompletions } from './chat-completions.ts'
import { readResponsesRequest } from './read-responses.ts'
import { serverSentEvent } from './server-sent-events.ts'
import type { SpokenAnswer, SpokenPart, WireDialect } from './wire-dialect.ts'

/** The Responses API as OpenAI speaks it. What it shares with Chat Completions, such as its errors, is taken from there. */
export function responses(): WireDialect {
  const words = chatCompletions()
  return {
    ...words,
    name: 'responses',
    tells: { ...words.tells, reasoning: 'signed' },
    readRequest: readResponsesRequest,
    answer(spoken) {
      const { headers } = words.answer({ ...spoken, parts: [] })
      return { ...(headers && { headers }), body: JSON.stringify(toResponse(spoken)) }
    },
    stream: (spoken) => ({
      headers: words.stream({ ...spoken, parts: [] }).headers,
      events: toEvents(spoken),
    }),
    noise: [
      // Its last one is an answer of Chat Completions.
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

function failedBody(code: string): (message: string) => string {
  return (message) =>
    JSON.stringify({ id: 'resp_1', status: 'failed', error: { code, message }, output: [], usage: null })
}

function eventOf(type: string, fields: object): string {
  return serverSentEvent(JSON.stringify({ type, ...fields }), type)
}

interface Item {
  readonly type: 'message' | 'reasoning' | 'function_call'
  readonly id: string
  readonly [field: string]: unknown
}

function toItem(part: SpokenPart, index: number, { finish }: SpokenAnswer): Item {
  const whole = part.pieces.join('')
  if (part.type === 'tool-call') {
    const { id, name } = part
    return { type: 'function_call', id: `fc_${index}`, call_id: id, name, arguments: whole, status: 'completed' }
  }
  if (part.type === 'reasoning') {
    const summary = whole === '' ? [] : [{ type: 'summary_text', text: whole }]
    return { type: 'reasoning', id: `rs_${index}`, summary, encrypted_content: part.signature ?? null }
  }
  const content =
    finish === 'content-filter'
      ? [{ type: 'refusal', refusal: whole }]
      : [{ type: 'output_text', text: whole, annotations: [], logprobs: [] }]
  return { type: 'message', id: `msg_${index}`, role: 'assistant', status: 'completed', content }
}

function toResponse(spoken: SpokenAnswer, status?: string): object {
  const isCut = spoken.finish === 'length'
  const { usage } = spoken
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_795_262_400,
    status: status ?? (isCut ? 'incomplete' : 'completed'),
    error: null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    model: spoken.model,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    output: status === undefined ? spoken.parts.map((part, index) => toItem(part, index, spoken)) : [],
    usage: usage
      ? {
          input_tokens: usage.uncachedInputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
          input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
          output_tokens: usage.outputTextTokens + usage.reasoningTokens,
          output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
          total_tokens: Object.values(usage).reduce((sum, count) => sum + count, 0),
        }
      : null,
  }
}

/** What the delta of an item is called, and where in the item it belongs. */
const deltas = {
  message: ['response.output_text.delta', { content_index: 0, logprobs: [] }],
  refusal: ['response.refusal.delta', { content_index: 0 }],
  reasoning: ['response.reasoning_summary_text.delta', { summary_index: 0 }],
  function_call: ['response.function_call_arguments.delta', {}],
} as const

function toEvents(spoken: SpokenAnswer): string[] {
  const isCut = spoken.finish === 'length'
  const events: (readonly [type: string, fields: object])[] = [
    ['response.created', { response: toResponse(spoken, 'in_progress') }],
    ...spoken.parts.flatMap((part, index) => toItemEvents(part, index, spoken)),
    [isCut ? 'response.incomplete' : 'response.completed', { response: toResponse(spoken) }],
  ]
  return events.map(([type, fields], at) => eventOf(type, { sequence_number: at, ...fields }))
}

function toItemEvents(part: SpokenPart, index: number, spoken: SpokenAnswer): (readonly [string, object])[] {
  const item = toItem(part, index, spoken)
  const { type, id: item_id } = item
  const [name, within] = deltas[type === 'message' && spoken.finish === 'content-filter' ? 'refusal' : type]
  const begun = {
    ...item,
    ...(type === 'message' && { content: [] }),
    ...(type === 'function_call' && { arguments: '' }),
    status: 'in_progress',
  }
  return [
    ['response.output_item.added', { output_index: index, item: begun }],
    ...part.pieces.map((delta) => [name, { item_id, output_index: index, ...within, delta }] as const),
    ['response.output_item.done', { output_index: index, item }],
  ]
}
