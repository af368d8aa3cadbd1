import type { Clock } from '@llmfb/core/provider'
import { type BodyReader, readServerSentEvents, releaseBody, type ServerSentEvent } from '@llmfb/transport'
import type { Exchange } from './exchange.ts'

/**
 * The events of a body, until the call is ended. A connection that breaks has cut them. Behind the last event of an
 * answer the body is left to end by itself, so that its connection can be used again.
 */
export function readEvents(
  body: BodyReader,
  exchange: Exchange,
  clock: Clock,
): AsyncIterableIterator<ServerSentEvent, void> {
  const { signal } = exchange
  const events = readServerSentEvents(body)
  let isComplete = false
  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const onAbort = (): void => void events.return()
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })

  return {
    async next() {
      let next: IteratorResult<ServerSentEvent, void>
      try {
        next = await events.next()
      } catch (error) {
        signal.throwIfAborted()
        throw exchange.broken(error)
      }
      // Events that had arrived before the caller left are no longer wanted.
      if (signal.aborted) throw signal.reason
      if (next.done !== true) isComplete = next.value.event === 'message_stop'
      return next
    },
    async return() {
      signal.removeEventListener('abort', onAbort)
      if (isComplete) releaseBody(events, clock)
      else void events.return() // what takes its time to close is not waited for
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
