import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import type { Clock } from '@llmfb/core/provider'
import type { Exchange } from './exchange.ts'

/** Milliseconds. The end of a body comes right behind the last event; a service that is slower gets its connection closed. */
const graceMs = 250

/**
 * The events of a stream, until the call is ended. Behind the last event of an answer the body is left to end by itself,
 * so that its connection can be used again; a stream that is given up before has its connection closed.
 */
export async function* readEvents(
  stream: AsyncIterable<ConverseStreamOutput>,
  exchange: Exchange,
  clock: Clock,
): AsyncGenerator<ConverseStreamOutput, void, undefined> {
  const events = stream[Symbol.asyncIterator]()
  let isStopped = false
  let isTold = false
  try {
    for (;;) {
      const next = await exchange.wait(events.next())
      // Events that had arrived before the caller left are no longer wanted.
      exchange.signal.throwIfAborted()
      if (next.done) return
      isStopped ||= next.value.messageStop !== undefined
      isTold ||= next.value.metadata !== undefined
      yield next.value
    }
  } finally {
    if (isStopped && isTold) release(events, exchange, clock)
    else exchange.abort()
  }
}

/** Returns at once and never throws. */
function release(events: AsyncIterator<unknown>, exchange: Exchange, clock: Clock): void {
  const timer = clock.schedule(graceMs, () => exchange.abort())
  void events
    .next()
    .then(
      ({ done }) => done || exchange.abort(),
      () => {}, // nobody waits for it any more
    )
    .finally(() => timer.cancel())
}
