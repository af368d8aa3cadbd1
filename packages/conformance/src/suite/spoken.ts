import type { AssistantPart, Usage } from '@llmfb/core/provider'
import { Buffer } from 'node:buffer'
import type { SpokenAnswer, SpokenPart, WireDialect } from '../dialect/wire-dialect.ts'
import type { WireAnswer } from '../wire/wire-answer.ts'

/** An answer as it goes over the wire, whole or streamed. */
export function toWire(words: WireDialect, spoken: SpokenAnswer, stream: boolean): WireAnswer {
  if (!stream) return words.answer(spoken)
  const { headers, events } = words.stream(spoken)
  return { headers, body: join(events) }
}

export function toBytes(piece: string | Uint8Array): Uint8Array {
  return typeof piece === 'string' ? new TextEncoder().encode(piece) : piece
}

export function join(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces.map(toBytes)))
}

export function text(...pieces: readonly string[]): SpokenPart {
  return { type: 'text', pieces }
}

/** A plain answer of one text, `change`d. */
export function say(words: WireDialect, change: Partial<SpokenAnswer> = {}): SpokenAnswer {
  return {
    model: words.tells.servedModel ?? 'served-model',
    parts: [text('The sky ', 'is ', 'blue.')],
    finish: 'stop',
    ...toldUsage(words),
    ...change,
  }
}

/** One number a bucket that the service tells, all different. */
function toldUsage({ tells }: WireDialect): { usage?: Usage } {
  if (tells.usage.length === 0) return {}
  const told = (bucket: keyof Usage, count: number): number => (tells.usage.includes(bucket) ? count : 0)
  return {
    usage: {
      uncachedInputTokens: told('uncachedInputTokens', 101),
      cacheReadTokens: told('cacheReadTokens', 23),
      cacheWriteTokens: told('cacheWriteTokens', 17),
      outputTextTokens: told('outputTextTokens', 41),
      reasoningTokens: told('reasoningTokens', 13),
    },
  }
}

/** The text that a response to `spoken` has. */
export function textOf(spoken: SpokenAnswer): string {
  return spoken.parts.map((part) => (part.type === 'text' ? part.pieces.join('') : '')).join('')
}

/** The parts of `content` in a form in which two readings of one answer are equal. */
export function comparable(content: readonly AssistantPart[]): unknown[] {
  return content.map((part) => {
    if (part.type === 'tool-call') return { type: part.type, name: part.name, arguments: parsed(part.arguments) }
    return part.type === 'file' ? { type: part.type } : { type: part.type, text: part.text }
  })
}

/** JSON where it is some, else the text. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
