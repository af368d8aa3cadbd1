import type { Dialect } from './dialect.ts'

/** Ollama's own API. */
export const ollamaDialect: Dialect = {
  streamType: 'application/x-ndjson',
  whole: (text, model) => line(model, text, true),
  open: (model) => line(model, '', false),
  piece: (text, model) => line(model, text, false),
  ping: '\n',
  close: (model) => line(model, '', true),
  failure: (status) => JSON.stringify({ error: `It is a ${status}` }),
  shapeless: '"surprise"\n',
}

const done = { done_reason: 'stop', prompt_eval_count: 3, eval_count: 2 }

function line(model: string, content: string, isLast: boolean): string {
  const created = '2026-01-01T00:00:00Z'
  const message = { role: 'assistant', content }
  return `${JSON.stringify({ model, created_at: created, message, done: isLast, ...(isLast ? done : {}) })}\n`
}
