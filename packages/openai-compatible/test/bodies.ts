/** A complete answer, `change`d. */
export function completion(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'served-model',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.', refusal: null }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    ...change,
  }
}

/** A complete answer whose only message is `message`. */
export function messageOf(message: Record<string, unknown>, finish = 'stop'): Record<string, unknown> {
  return completion({ choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }] })
}

/** A chunk of a streamed answer. */
export function chunk(delta: Record<string, unknown>, finish: string | null = null): Record<string, unknown> {
  return { id: 'chatcmpl-2', model: 'served-model', choices: [{ index: 0, delta, finish_reason: finish }] }
}

/** The body of an event stream; without an end marker unless one is among the events. */
export function eventStream(...events: readonly (Record<string, unknown> | string)[]): string {
  return events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
}

export const json: Readonly<Record<string, string>> = { 'content-type': 'application/json', 'x-request-id': 'req_1' }
export const sse: Readonly<Record<string, string>> = { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' }
