import type { ChatResponse, StreamEvent } from '@llmfb/core/provider'

/** A whole answer as the events of a stream, for gateways that do not stream although they were asked to. */
export async function* toStreamEvents(response: ChatResponse): AsyncGenerator<StreamEvent, void, undefined> {
  const { text: _text, content, ...finish } = response
  let index = 0
  for (const part of content) {
    if (part.type === 'text') yield { type: 'text-delta', text: part.text }
    else if (part.type === 'reasoning') {
      yield { type: 'reasoning-delta', text: part.text, ...(part.opaque && { opaque: part.opaque }) }
    } else if (part.type === 'tool-call') {
      const { id, name } = part
      yield { type: 'tool-call-delta', index, id, name, arguments: part.arguments }
      yield { ...part, index }
      index += 1
    }
  }
  if (finish.usage) yield { type: 'usage', usage: finish.usage }
  yield { type: 'finish', ...finish }
}
