import type { Clock, Timer } from '@llmfb/core/provider'

/** A clock that goes from timer to timer, each time once all that could happen without it has happened. */
export interface SteppedClock extends Clock {
  /** How many timers are running that would keep a process alive. */
  readonly pending: number
  /** Sets the date, and nothing else, on or back. */
  skew(byMs: number): void
  /**
   * Goes on until `work` settles, and settles as it does.
   *
   * @throws Error when `work` waits and no timer is running
   */
  run<T>(work: Promise<T>): Promise<T>
}

interface Entry {
  readonly at: number
  readonly run: () => void
}

/** @param settle resolves when nothing more happens until time goes on */
export function createSteppedClock(settle: () => Promise<void>): SteppedClock {
  let agenda: readonly Entry[] = []
  let now = 0
  let skewMs = 0
  let held = 0

  function schedule(delayMs: number, run: () => void): Timer {
    let holds = true
    const letGo = (): void => {
      if (holds) held--
      holds = false
    }
    const entry: Entry = {
      at: now + Math.max(0, delayMs),
      run: () => {
        letGo()
        run()
      },
    }
    held++
    const later = agenda.findIndex(({ at }) => at > entry.at)
    agenda = later === -1 ? [...agenda, entry] : agenda.toSpliced(later, 0, entry)
    return {
      cancel() {
        agenda = agenda.filter((one) => one !== entry)
        letGo()
      },
      unref: letGo,
      ref() {
        if (!holds && agenda.includes(entry)) {
          held++
          holds = true
        }
      },
    }
  }

  return {
    now: () => now,
    wallTime: () => Date.UTC(2026, 0, 1) + now + skewMs,
    schedule,
    get pending() {
      return held
    },
    skew(byMs) {
      skewMs += byMs
    },
    async run<T>(work: Promise<T>): Promise<T> {
      let settled = false
      const mark = (): void => void (settled = true)
      work.then(mark, mark)
      await settle()
      while (!settled) {
        const [next, ...rest] = agenda
        if (next === undefined) throw new Error('The work waits for something that no timer will bring.')
        agenda = rest
        now = next.at
        next.run()
        await settle()
      }
      return work
    },
  }
}
