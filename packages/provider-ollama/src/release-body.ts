import type { Clock } from '@llmfb/core/provider'
import type { BodyReader } from '@llmfb/transport'

/** Milliseconds. The end of a body comes right behind its last line; a server that is slower gets its connection closed. */
const graceMs = 250

/**
 * Lets a body that has said everything come to its own end, so that its connection can be used again: to cancel it would
 * close the connection. Returns at once and never throws.
 */
export function releaseBody(reader: BodyReader, clock: Clock): void {
  const close = (): void => void reader.cancel().catch(() => {}) // nobody waits for it any more
  const timer = clock.schedule(graceMs, close)
  void reader
    .read()
    .then(
      ({ done }) => {
        if (!done) close()
      },
      () => {},
    )
    .finally(() => timer.cancel())
}
