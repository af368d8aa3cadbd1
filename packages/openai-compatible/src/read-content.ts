import { isRecord } from './wire.ts'

/** A piece of an answer's content. */
export interface ContentPiece {
  readonly type: 'text' | 'reasoning'
  readonly text: string
}

/** Content that comes as a list of parts, as Mistral's reasoning models send it: `thinking` parts are reasoning. */
export function readContentParts(parts: readonly unknown[]): ContentPiece[] {
  const pieces: ContentPiece[] = []
  for (const part of parts) {
    if (!isRecord(part)) continue
    const thinking = part['type'] === 'thinking' ? part['thinking'] : undefined
    if (Array.isArray(thinking)) {
      for (const thought of readContentParts(thinking)) pieces.push({ type: 'reasoning', text: thought.text })
    } else if (typeof thinking === 'string' && thinking !== '') {
      pieces.push({ type: 'reasoning', text: thinking })
    } else if (typeof part['text'] === 'string' && part['text'] !== '') {
      pieces.push({ type: 'text', text: part['text'] })
    }
  }
  return pieces
}

/** The first of `fields` that holds text. */
export function readReasoning(message: Readonly<Record<string, unknown>>, fields: readonly string[]): string {
  for (const field of fields) {
    const text = message[field]
    if (typeof text === 'string' && text !== '') return text
  }
  return ''
}
