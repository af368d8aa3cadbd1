import type { Dialect } from './dialect.ts'

/** Chat Completions. */
export const openaiDialect: Dialect = {
  streamType: 'text/event-stream',
  whole: (text, model) =>
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    }),
  open: (model) => chunk(model, { role: 'assistant', content: '' }),
  piece: (content, model) => chunk(model, { content }),
  ping: ': still here\n\n',
  close: (model) => `${chunk(model, {}, 'stop')}data: [DONE]\n\n`,
  failure: (status) => JSON.stringify({ error: { message: `It is a ${status}`, type: 'test', code: null } }),
  rateLimit: (limit, remaining, resetsInMs) => ({
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': `${resetsInMs}ms`,
  }),
  shapeless: 'data: "surprise"\n\n',
}

function chunk(model: string, delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }]
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model, choices })}\n\n`
}
