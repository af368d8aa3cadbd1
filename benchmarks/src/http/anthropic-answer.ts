import { type Answer, chunks, eachChunk, expectedText, piece } from './answer.ts'

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5',
  stop_sequence: null,
}
const usage = {
  input_tokens: 14,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: chunks,
  service_tier: 'standard',
}

function toEvent(event: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

export const anthropicAnswer: Answer = {
  streamType: 'text/event-stream; charset=utf-8',
  completion: JSON.stringify({
    ...message,
    content: [{ type: 'text', text: expectedText.chat }],
    stop_reason: 'end_turn',
    usage,
  }),
  pieces: [
    toEvent({
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    }),
    toEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...eachChunk(() => toEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } })),
    toEvent({ type: 'content_block_stop', index: 0 }),
    toEvent({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
    toEvent({ type: 'message_stop' }),
  ],
}
