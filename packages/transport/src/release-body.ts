import type { ServerSentEvent } from './event-parser.ts'

/** Milliseconds. The end of a body comes right behind the last event; a service that is slower gets its connection closed. */
const graceMs = 250

/** What `releaseBody` needs of a clock; the `Clock` that a provider is given has it. */
export interface ReleaseClock {
  /** Calls `run` once after `delayMs` milliseconds. */
  schedule(delayMs: number, run: () => void): { cancel(): void }
}

/**
 * Lets a body that has said everything come to its own end, so that its connection can be used again: to cancel it would
 * close the connection. Whatever still comes is not read. A body that is still open after 250 ms, or goes on with another
 * event, is cancelled. Returns at once and never throws.
 */
export function releaseBody(events: AsyncGenerator<ServerSentEvent, unknown, undefined>, clock: ReleaseClock): void {
  const close = (): void => void events.return(undefined).catch(() => {}) // nobody waits for it any more
  const timer = clock.schedule(graceMs, close)
  void events
    .next()
    .then(close, () => {})
    .finally(() => timer.cancel())
}
