import type { Dialect } from './dialect.ts'

/** The Messages API. */
export const anthropicDialect: Dialect = {
  streamType: 'text/event-stream',
  whole: (text, model) =>
    JSON.stringify({
      ...message(model),
      content: text === '' ? [] : [{ type: 'text', text }],
      stop_reason: 'end_turn',
    }),
  open: (model) => event('message_start', { message: { ...message(model), content: [], stop_reason: null } }) + start,
  piece: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  ping: 'event: ping\ndata: {"type": "ping"}\n\n',
  close: () =>
    event('content_block_stop', { index: 0 }) +
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } }) +
    event('message_stop', {}),
  failure: (status) => JSON.stringify({ type: 'error', error: { type: 'test_error', message: `It is a ${status}` } }),
  shapeless: 'event: message_start\ndata: "surprise"\n\n',
}

const start = event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })

function message(model: string): object {
  const usage = { input_tokens: 3, output_tokens: 2 }
  return { id: 'msg_1', type: 'message', role: 'assistant', model, stop_sequence: null, usage }
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}
