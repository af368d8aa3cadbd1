import type { WireAnswer } from '@llmfb/conformance'
import { errorOf, event } from './dialect.ts'

type Fields = Readonly<Record<string, unknown>>

const json = { 'content-type': 'application/json; charset=UTF-8' }
const usageMetadata = { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 }

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify(body) }
}

/** An error as the service answers it. */
export function errorAnswer(
  code: number,
  status: string,
  message = 'Something is wrong',
  details: readonly Fields[] = [],
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return jsonAnswer(code, errorOf(code, status, message, details), headers)
}

/** A piece of an answer, or all of it. */
export function piece(parts: readonly Fields[], candidate: Fields = {}, rest: Fields = {}): Fields {
  return {
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }],
    usageMetadata,
    modelVersion: 'gemini-2.5-flash-001',
    responseId: 'resp_1',
    ...rest,
  }
}

export const stop = { finishReason: 'STOP' } as const

export function wholeAnswer(parts: readonly Fields[] = [{ text: 'Hello' }], candidate: Fields = stop): WireAnswer {
  return jsonAnswer(200, piece(parts, candidate))
}

export function streamAnswer(pieces: readonly Fields[], rest: Partial<WireAnswer> = {}): WireAnswer {
  return { headers: { 'content-type': 'text/event-stream' }, body: pieces.map(event).join(''), ...rest }
}
