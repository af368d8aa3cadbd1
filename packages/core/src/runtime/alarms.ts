import type { Clock, Timer } from '../provider/call-options.ts'

/** What an alarm wakes. */
export interface Sleeper {
  ring(): void
  /** Its alarm was cancelled because the whole lot was disposed of. */
  end?(reason: unknown): void
}

/**
 * Many alarms on one timer. A timer for each call costs more than the rest of the engine; here setting, moving and
 * cancelling an alarm is a few assignments, and the timer goes off about once in an alarm's length.
 */
export class Alarms {
  readonly #clock: Clock
  readonly #alarms = new Set<Alarm>()
  #timer: Timer | undefined
  #timerAt = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Rings `sleeper` once when `dueAt` is reached, unless the alarm is moved or cancelled before. */
  set(dueAt: number, now: number, sleeper: Sleeper): Alarm {
    const alarm = new Alarm(this, dueAt, sleeper)
    this.#alarms.add(alarm)
    if (this.#alarms.size === 1) this.#timer?.ref?.()
    this.dueBy(dueAt, now)
    return alarm
  }

  /** Makes sure that the timer goes off no later than `dueAt`. */
  dueBy(dueAt: number, now: number): void {
    if (dueAt >= this.#timerAt) return
    this.#timer?.cancel()
    this.#timerAt = dueAt
    this.#timer = this.#clock.schedule(dueAt - now, this.#onTimer)
  }

  /** @returns whether it was still set */
  remove(alarm: Alarm): boolean {
    const wasSet = this.#alarms.delete(alarm)
    // Nobody waits: the timer stays for the next alarm, but keeps no process alive.
    if (wasSet && this.#alarms.size === 0) {
      if (this.#timer?.unref) this.#timer.unref()
      else this.#stop()
    }
    return wasSet
  }

  /** Cancels all alarms, and ends whatever they watch over. */
  dispose(reason?: unknown): void {
    this.#stop()
    for (const alarm of this.#alarms) if (this.remove(alarm)) alarm.sleeper.end?.(reason)
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAt = Infinity
  }

  readonly #onTimer = (): void => {
    this.#stop()
    const now = this.#clock.now()
    const due = [...this.#alarms].filter((alarm) => alarm.dueAt <= now)
    // One that was due at the same time may have moved or cancelled it.
    for (const alarm of due) if (alarm.dueAt <= now && this.remove(alarm)) alarm.sleeper.ring()
    let earliest = Infinity
    for (const { dueAt } of this.#alarms) earliest = Math.min(earliest, dueAt)
    this.dueBy(earliest, now)
  }
}

/** One alarm; it is rung at most once. */
export class Alarm {
  readonly sleeper: Sleeper
  dueAt: number
  readonly #alarms: Alarms

  constructor(alarms: Alarms, dueAt: number, sleeper: Sleeper) {
    this.#alarms = alarms
    this.dueAt = dueAt
    this.sleeper = sleeper
  }

  move(dueAt: number, now: number): void {
    this.dueAt = dueAt
    this.#alarms.dueBy(dueAt, now)
  }

  cancel(): void {
    this.#alarms.remove(this)
  }
}
