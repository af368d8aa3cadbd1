import type { WireAnswer } from '@llmfb/conformance'

const json = { 'content-type': 'application/json', 'request-id': 'req_1' }
const eventStream = { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_1' }

/** A message as the service answers it. */
export function messageAnswer(message: Readonly<Record<string, unknown>> = {}): WireAnswer {
  const body = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 5 },
    ...message,
  }
  return { headers: json, body: JSON.stringify(body) }
}

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify(body) }
}

/** An error as the service answers it. */
export function errorAnswer(
  status: number,
  error: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
): WireAnswer {
  return jsonAnswer(status, { type: 'error', error: { message: 'Something is wrong', ...error } }, headers)
}

export type WireEvent = { readonly type: string } & Readonly<Record<string, unknown>>

export function eventText(event: WireEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

export function streamAnswer(events: readonly WireEvent[], rest: Partial<WireAnswer> = {}): WireAnswer {
  return { headers: eventStream, body: events.map(eventText).join(''), ...rest }
}

export const messageStart: WireEvent = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 7, cache_read_input_tokens: 11, cache_creation_input_tokens: 13, output_tokens: 1 },
  },
}

export const messageStop: WireEvent = { type: 'message_stop' }

export function messageDelta(
  stopReason: string,
  usage: Readonly<Record<string, unknown>> = { output_tokens: 5 },
): WireEvent {
  return { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage }
}

/** One content block with its deltas. */
export function block(
  index: number,
  start: Readonly<Record<string, unknown>>,
  ...deltas: readonly Readonly<Record<string, unknown>>[]
): WireEvent[] {
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

export function textBlock(index: number, ...pieces: readonly string[]): WireEvent[] {
  return block(index, { type: 'text', text: '' }, ...pieces.map((text) => ({ type: 'text_delta', text })))
}
