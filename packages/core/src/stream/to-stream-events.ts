import type { ChatResponse } from '../provider/response.ts'
import type { StreamEvent } from '../provider/stream-event.ts'

/** A whole answer as the events of a stream, for services that do not stream although they were asked to. */
export async function* toStreamEvents(response: ChatResponse): AsyncGenerator<StreamEvent, void, undefined> {
  const { text: _text, content, ...finish } = response
  let index = 0
  for (const part of content) {
    if (part.type === 'text') yield { ...part, type: 'text-delta' }
    else if (part.type === 'reasoning') yield { ...part, type: 'reasoning-delta' }
    else if (part.type === 'tool-call') {
      const { id, name } = part
      yield { type: 'tool-call-delta', index, id, name, arguments: part.arguments }
      yield { ...part, index }
      index += 1
    }
  }
  if (finish.usage) yield { type: 'usage', usage: finish.usage }
  yield { type: 'finish', ...finish }
}
