import { readServerSentEvents, type ServerSentEvent } from '@llmfb/transport'
import type { Exchange } from './exchange.ts'

/** The events of a body, until the call is ended. A connection that breaks has cut them. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const events = readServerSentEvents(body)
  try {
    for (;;) {
      const next = await exchange.read(events.next())
      // Events that had arrived before the caller left are no longer wanted.
      exchange.signal.throwIfAborted()
      if (next.done) return
      yield next.value
    }
  } finally {
    void events.return() // what takes its time to close is not waited for
  }
}
