import type { Clock } from '@llmfb/core/provider'
import type { ServerSentEvent } from '@llmfb/transport'

/** The end of a body comes right behind the last event; a service that is slower than this gets its connection closed. */
const graceMs = 250

/**
 * Lets a body that has said everything come to its own end, so that its connection can be used again: to cancel it would
 * close the connection. Whatever still comes is not read.
 */
export function releaseBody(events: AsyncGenerator<ServerSentEvent, unknown, undefined>, clock: Clock): void {
  const close = (): void => void events.return(undefined).catch(() => {}) // nobody waits for it any more
  const timer = clock.schedule(graceMs, close)
  void events
    .next()
    .then(close, () => {})
    .finally(() => timer.cancel())
}
