import type { Clock, Timer } from '../provider/call-options.ts'

/**
 * The machine's own clock and timers. A timer that runs keeps the process alive unless it is unreferenced, as that of a
 * router's alarms is while no request runs.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(delayMs, run): Timer {
    // Timers hold 31 bits of milliseconds; a longer one would fire at once. Fractions are rounded up, never to early.
    const handle = setTimeout(run, Math.min(Math.max(0, Math.ceil(delayMs)), 2_147_483_647))
    const cancel = (): void => clearTimeout(handle)
    if (typeof handle !== 'object' || handle.unref === undefined || handle.ref === undefined) return { cancel }
    return { cancel, unref: () => void handle.unref?.(), ref: () => void handle.ref?.() }
  },
}
