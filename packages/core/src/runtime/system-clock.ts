import type { Clock, Timer } from '../provider/call-options.ts'

/** The machine's own clock and timers. A timer that still runs keeps the process alive, as a running request should. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(delayMs, run): Timer {
    // Timers hold 31 bits of milliseconds; a longer one would fire at once.
    const handle = setTimeout(run, Math.min(Math.max(0, delayMs), 2_147_483_647))
    return { cancel: () => clearTimeout(handle) }
  },
}
