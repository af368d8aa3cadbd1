import { type Answer, chunks, eachChunk, expectedText, piece } from './answer.ts'

const statistics = {
  done: true,
  done_reason: 'stop',
  total_duration: 4_935_886_791,
  load_duration: 534_986_708,
  prompt_eval_count: 14,
  prompt_eval_duration: 107_345_000,
  eval_count: chunks,
  eval_duration: 4_289_432_000,
}

function toLine(content: string, more: object): string {
  const message = { role: 'assistant', content }
  return `${JSON.stringify({ model: 'llama3.2', created_at: '2026-11-21T10:00:00.000000Z', message, ...more })}\n`
}

export const ollamaAnswer: Answer = {
  streamType: 'application/x-ndjson',
  completion: toLine(expectedText.chat, statistics),
  pieces: [...eachChunk(() => toLine(piece, { done: false })), toLine('', statistics)],
}
