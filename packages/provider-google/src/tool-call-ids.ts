import type { ChatRequest } from '@llmfb/core/provider'

/**
 * Ids for tool calls, which not all models give: by position in the conversation, so that the same request and answer
 * always give the same ones and no two calls of a conversation share one.
 */
export function* toolCallIds(request: Pick<ChatRequest, 'messages'>): Generator<string, never> {
  const taken = new Set<string>()
  for (const { role, content } of request.messages) {
    if (role !== 'assistant' || typeof content === 'string') continue
    for (const part of content) if (part.type === 'tool-call') taken.add(part.id)
  }
  for (let position = taken.size; ; position++) {
    const id = `call_${position}`
    if (!taken.has(id)) yield id
  }
}
