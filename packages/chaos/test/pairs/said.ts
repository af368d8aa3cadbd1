import type { SpokenAnswer, SpokenPart } from '@llmfb/conformance'

/** What a service answers in these conversations. */
export interface Said {
  readonly model: string
  /** Empty where it shows none. */
  readonly reasoning: string
  /** What makes reasoning the service's own, where it signs it. Empty where nothing is signed. */
  readonly signature: string
  readonly text: string
  readonly calls: readonly Call[]
}

export interface Call {
  readonly id: string
  readonly name: string
  readonly input: Readonly<Record<string, string>>
}

const usage = {
  uncachedInputTokens: 90,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 12,
  reasoningTokens: 0,
} as const

/** A text as it is streamed: a piece ends behind a comma. */
export function piecesOf(text: string): string[] {
  return text.split(/(?<=, )/)
}

/** The same for the dialects of the conformance suite. */
export function toSpoken({ model, reasoning, signature, text, calls }: Said): SpokenAnswer {
  const thought: SpokenPart = { type: 'reasoning', pieces: [reasoning], ...(signature !== '' && { signature }) }
  return {
    model,
    parts: [
      ...(reasoning === '' ? [] : [thought]),
      ...(text === '' ? [] : [{ type: 'text' as const, pieces: piecesOf(text) }]),
      ...calls.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        id,
        name,
        pieces: [JSON.stringify(input)],
      })),
    ],
    finish: calls.length > 0 ? 'tool-calls' : 'stop',
    usage,
  }
}
