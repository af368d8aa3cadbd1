import type { Clock } from '@llmfb/core/provider'
import { type BodyReader, readServerSentEvents, releaseBody, type ServerSentEvent } from '@llmfb/transport'
import type { Exchange } from './exchange.ts'

/**
 * The events of a body, until the call is ended. A connection that breaks has cut them. Behind the last event of an
 * answer the body is left to end by itself, so that its connection can be used again.
 */
export async function* readEvents(
  body: BodyReader,
  exchange: Exchange,
  clock: Clock,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const events = readServerSentEvents(body)
  let isComplete = false
  try {
    for (;;) {
      const next = await exchange.read(events.next())
      // Events that had arrived before the caller left are no longer wanted.
      exchange.signal.throwIfAborted()
      if (next.done) return
      isComplete = next.value.event === 'message_stop'
      yield next.value
    }
  } finally {
    if (isComplete) releaseBody(events, clock)
    else void events.return() // what takes its time to close is not waited for
  }
}
