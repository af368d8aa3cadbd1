import type { Clock } from '@llmfb/core/provider'
import { type BodyReader, readServerSentEvents, releaseBody, type ServerSentEvent } from '@llmfb/transport'
import type { Exchange } from './exchange.ts'

/** The events of a body, until the call is ended. */
export interface Events extends AsyncIterable<ServerSentEvent> {
  /** Says that the answer is complete: the body is then left to end by itself, so that its connection can be used again. */
  complete(): void
}

/** Reads the events of a body. A connection that breaks has cut them. */
export function readEvents(body: BodyReader, exchange: Exchange, clock: Clock): Events {
  let isComplete = false

  async function* read(): AsyncGenerator<ServerSentEvent, void, undefined> {
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
      if (isComplete) releaseBody(events, clock)
      else void events.return() // what takes its time to close is not waited for
    }
  }

  return {
    complete() {
      isComplete = true
    },
    [Symbol.asyncIterator]: () => read(),
  }
}
