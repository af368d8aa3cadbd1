import type { WireAnswer } from '@llmfb/conformance'
import { event } from './event-stream.ts'

const json = { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1' }
const eventStream = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'request-1' }

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify(body) }
}

/** An answer of Converse as the service gives it. */
export function converseAnswer(
  content: readonly unknown[] = [{ text: 'Hello' }],
  rest: Readonly<Record<string, unknown>> = {},
): WireAnswer {
  return jsonAnswer(200, {
    metrics: { latencyMs: 5 },
    output: { message: { content, role: 'assistant' } },
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
    ...rest,
  })
}

/** An error as the service answers it: its class is in a header. */
export function errorAnswer(
  status: number,
  type: string | undefined,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return jsonAnswer(status, { message }, { ...(type !== undefined && { 'x-amzn-errortype': type }), ...headers })
}

export function streamAnswer(messages: readonly Uint8Array[], rest: Partial<WireAnswer> = {}): WireAnswer {
  return { headers: eventStream, body: new Uint8Array(Buffer.concat(messages)), ...rest }
}

export const messageStart = event('messageStart', { role: 'assistant', p: 'abcd' })

export function delta(index: number, content: unknown): Uint8Array {
  return event('contentBlockDelta', { contentBlockIndex: index, delta: content, p: 'abc' })
}

export function start(index: number, content: unknown): Uint8Array {
  return event('contentBlockStart', { contentBlockIndex: index, start: content, p: 'ab' })
}

export function stop(index: number): Uint8Array {
  return event('contentBlockStop', { contentBlockIndex: index, p: 'a' })
}

export function textBlock(index: number, ...pieces: readonly string[]): Uint8Array[] {
  return [...pieces.map((text) => delta(index, { text })), stop(index)]
}

export function messageStop(stopReason = 'end_turn'): Uint8Array {
  return event('messageStop', { stopReason, p: 'abcdef' })
}

export function metadata(usage: unknown = { inputTokens: 7, outputTokens: 5, totalTokens: 12 }): Uint8Array {
  return event('metadata', { metrics: { latencyMs: 9 }, usage, p: 'abcdefg' })
}
