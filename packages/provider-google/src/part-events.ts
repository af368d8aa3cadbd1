import type { AssistantPart, StreamEvent } from '@llmfb/core/provider'
import { fromOpaque, toOpaque } from './opaque.ts'

/** Parts of an answer as events, each part of it in pieces. */
export interface PartEvents {
  next(part: AssistantPart): StreamEvent[]
  end(): StreamEvent[]
}

export function createPartEvents(provider: string): PartEvents {
  let toolCalls = 0
  let isThinking = false

  function closeThoughts(): StreamEvent[] {
    if (!isThinking) return []
    isThinking = false
    return [{ type: 'reasoning-delta', text: '', opaque: toOpaque(provider, {}) }]
  }

  return {
    next(part) {
      if (part.type === 'reasoning') {
        isThinking = fromOpaque(part.opaque, provider)?.signature === undefined
        if (!isThinking) return [{ ...part, type: 'reasoning-delta' }]
        return part.text === '' ? [] : [{ type: 'reasoning-delta', text: part.text }]
      }
      const before = closeThoughts()
      if (part.type === 'text') {
        const signed = fromOpaque(part.opaque, provider)
        const opaque = signed && { opaque: toOpaque(provider, { ...signed, length: part.text.length }) }
        return [...before, { type: 'text-delta', text: part.text, ...opaque }]
      }
      if (part.type === 'tool-call') {
        const { id, name } = part
        const index = toolCalls++
        const delta = { type: 'tool-call-delta', index, id, name, arguments: part.arguments } as const
        return [...before, delta, { ...part, index }]
      }
      return [...before, part]
    },
    end: closeThoughts,
  }
}
