import type { ChatResponse, StreamEvent } from '@llmfb/core/provider'
import { createPartEvents } from './part-events.ts'

/** A whole answer as the events of a stream, for gateways that do not stream although they were asked to. */
export function* toStreamEvents(response: ChatResponse): Generator<StreamEvent, void, undefined> {
  const { text: _text, content, ...finish } = response
  const parts = createPartEvents(response.provider)
  for (const part of content) yield* parts.next(part)
  yield* parts.end()
  yield { type: 'finish', ...finish }
}
