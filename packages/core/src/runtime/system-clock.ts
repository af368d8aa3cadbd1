import type { Clock, Timer } from '../provider/call-options.ts'
import { nextTurn } from './next-turn.ts'

/**
 * The machine's own clock and timers. A timer that runs keeps the process alive unless it is unreferenced, as that of a
 * router's alarms is while no request runs.
 */
export const systemClock: Clock = createSystemClock()

function createSystemClock(): Clock {
  // `performance` is dearer to look up than to read. Fake timers put another in its place, and other timers with it.
  let stopwatch = performance
  let timers = setTimeout
  return {
    now() {
      if (timers !== setTimeout) {
        timers = setTimeout
        stopwatch = performance
      }
      // Whole milliseconds: nobody needs more, and small whole numbers cost no memory.
      return Math.floor(stopwatch.now())
    },
    wallTime: () => Date.now(),
    schedule(delayMs, run): Timer {
      // Timers hold 31 bits of milliseconds; a longer one would fire at once. Fractions are rounded up, never to early.
      const handle = setTimeout(run, Math.min(Math.max(0, Math.ceil(delayMs)), 2_147_483_647))
      const cancel = (): void => clearTimeout(handle)
      if (typeof handle !== 'object' || handle.unref === undefined || handle.ref === undefined) return { cancel }
      return new SystemTimer(handle as Handle, cancel)
    },
  }
}

interface Handle {
  ref(): unknown
  unref(): unknown
}

/**
 * A router's timer is let go and held again with every request, which the runtime makes dearer than all else that the
 * timer does. It is held at once, and let go a turn of the event loop later, if it is not held again by then.
 */
class SystemTimer implements Timer {
  readonly cancel: () => void
  readonly #handle: Handle
  #isHeld = true
  #isWanted = true
  #isDue = false

  constructor(handle: Handle, cancel: () => void) {
    this.#handle = handle
    this.cancel = cancel
  }

  ref(): void {
    this.#isWanted = true
    if (this.#isHeld) return
    this.#isHeld = true
    this.#handle.ref()
  }

  unref(): void {
    this.#isWanted = false
    if (this.#isDue) return
    this.#isDue = true
    void nextTurn().then(this.#letGo)
  }

  readonly #letGo = (): void => {
    this.#isDue = false
    if (this.#isWanted || !this.#isHeld) return
    this.#isHeld = false
    this.#handle.unref()
  }
}
