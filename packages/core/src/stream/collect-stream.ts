import { ProviderError } from '../errors/provider-error.ts'
import type { ChatResponse } from '../provider/response.ts'
import type { FinishEvent, StreamEvent } from '../provider/stream-event.ts'
import type { Usage } from '../provider/usage.ts'
import { Collector } from './collector.ts'

/** What a collected stream gives: the answer, with whatever else its finish event carried. */
export type Collected<Finish extends FinishEvent> = ChatResponse & Omit<Finish, 'type'>

/**
 * Reads a stream to its end and gives the whole answer, as `chat` would have. What came before a `reset` is left out.
 *
 * @throws ProviderError of kind `truncated` when the stream ends without a finish event
 */
export async function collectStream<Event extends StreamEvent>(
  events: AsyncIterable<Event>,
): Promise<Collected<Extract<Event, FinishEvent>>> {
  let collector = new Collector()
  let usage: Usage | undefined
  for await (const event of events) {
    if (event.type === 'usage') usage = event.usage
    else if (event.type === 'reset') collector = new Collector()
    else if (event.type === 'finish') {
      const { type: _, ...finish } = event
      const { text, content } = collector
      return { ...(usage === undefined ? {} : { usage }), ...finish, text, content } as Collected<
        Extract<Event, FinishEvent>
      >
    } else collector.add(event)
  }
  throw new ProviderError('The stream ended without its terminal marker.', { kind: 'truncated', provider: 'unknown' })
}
