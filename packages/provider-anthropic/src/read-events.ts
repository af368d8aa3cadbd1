import type { Clock } from '@llmfb/core/provider'
import { type BodyReader, readServerSentEvents, releaseBody, type ServerSentEvent } from '@llmfb/transport'

/** The events of a body, until the call is ended. */
export interface Events {
  next(): Promise<IteratorResult<ServerSentEvent, void>>
  /** Lets go of the body. Behind the last event of an answer it is left to end by itself, so that its connection can be used again. */
  leave(isComplete: boolean): void
}

export function readEvents(body: BodyReader, signal: AbortSignal, clock: Clock): Events {
  const events = readServerSentEvents(body)
  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const onAbort = (): void => void events.return(undefined)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })

  return {
    next: () => events.next(),
    leave(isComplete) {
      signal.removeEventListener('abort', onAbort)
      if (isComplete) releaseBody(events, clock)
      else void events.return(undefined) // what takes its time to close is not waited for
    },
  }
}
