import type { Clock, Timer } from '../provider/call-options.ts'

// With more alarms than this, those due within the next `batchMs` are rung together, so that looking through them stays
// cheap. They are rung early, never late: what a caller was promised is an upper bound.
const fewAlarms = 256
const batchMs = 10

/** What an alarm wakes. */
export interface Sleeper {
  ring(): void
  /** Told instead when the alarms are disposed of. */
  end?(reason: unknown): void
}

/**
 * Many alarms on one timer. A timer for each call costs more than the rest of the engine; here setting, moving and
 * cancelling an alarm is a few assignments, and the timer goes off about once in an alarm's length.
 */
export class Alarms {
  readonly #clock: Clock
  #timer: Timer | undefined
  #timerAt = Infinity
  #first: Alarm | undefined
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Rings `sleeper` once when `dueAt` is reached, unless the alarm is moved or cancelled before. */
  set(dueAt: number, now: number, sleeper: Sleeper): Alarm {
    const alarm = new Alarm(this, dueAt, sleeper)
    alarm.next = this.#first
    if (this.#first) this.#first.previous = alarm
    this.#first = alarm
    if (++this.#count === 1) this.#timer?.ref?.()
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
    if (alarm.previous) alarm.previous.next = alarm.next
    else if (this.#first === alarm) this.#first = alarm.next
    else return false
    if (alarm.next) alarm.next.previous = alarm.previous
    alarm.previous = undefined
    alarm.next = undefined
    // Nobody waits: the timer stays for the next alarm, but keeps no process alive.
    if (--this.#count === 0) {
      if (this.#timer?.unref) this.#timer.unref()
      else this.#stop()
    }
    return true
  }

  /** Cancels all alarms, and ends whatever they watch over. */
  dispose(reason?: unknown): void {
    const all: Alarm[] = []
    for (let alarm = this.#first; alarm; alarm = alarm.next) all.push(alarm)
    this.#stop()
    for (const alarm of all) alarm.end(reason)
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAt = Infinity
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined
    this.#timerAt = Infinity
    const now = this.#clock.now()
    const until = this.#count > fewAlarms ? now + batchMs : now
    let earliest = Infinity
    const due: Alarm[] = []
    for (let alarm = this.#first; alarm; alarm = alarm.next) {
      if (alarm.dueAt <= until) due.push(alarm)
      else if (alarm.dueAt < earliest) earliest = alarm.dueAt
    }
    if (earliest < Infinity) this.dueBy(earliest, now)
    for (const alarm of due) alarm.ring(until)
  }
}

/** One alarm; it is rung at most once. */
export class Alarm {
  dueAt: number
  previous: Alarm | undefined
  next: Alarm | undefined
  readonly #alarms: Alarms
  readonly #sleeper: Sleeper

  constructor(alarms: Alarms, dueAt: number, sleeper: Sleeper) {
    this.#alarms = alarms
    this.dueAt = dueAt
    this.#sleeper = sleeper
  }

  move(dueAt: number, now: number): void {
    this.dueAt = dueAt
    this.#alarms.dueBy(dueAt, now)
  }

  cancel(): void {
    this.#alarms.remove(this)
  }

  end(reason: unknown): void {
    if (this.#alarms.remove(this)) this.#sleeper.end?.(reason)
  }

  /** Rings, unless one that was due at the same time has moved or cancelled it. */
  ring(now: number): void {
    if (this.dueAt <= now && this.#alarms.remove(this)) this.#sleeper.ring()
  }
}
