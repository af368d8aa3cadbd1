import type { Clock, Timer } from '../provider/call-options.ts'

/** What an alarm wakes. */
export interface Sleeper {
  ring(): void
  /** Its alarm was cancelled because the whole lot was disposed of. */
  end?(reason: unknown): void
}

/** Something that is to be woken at a time, at most once each time it is set. */
export abstract class Alarm implements Sleeper {
  dueAt: number = Infinity
  previous: Alarm | undefined
  next: Alarm | undefined
  readonly #alarms: Alarms

  constructor(alarms: Alarms) {
    this.#alarms = alarms
  }

  abstract ring(): void
  abstract end(reason: unknown): void

  /** Only while it is not set. */
  set(dueAt: number, now: number): void {
    this.dueAt = dueAt
    this.#alarms.add(this, now)
  }

  /** For another time; only while it is set. */
  move(dueAt: number, now: number): void {
    this.dueAt = dueAt
    this.#alarms.dueBy(dueAt, now)
  }

  cancel(): void {
    this.#alarms.remove(this)
  }
}

/** An alarm that wakes somebody else. */
class WakingAlarm extends Alarm {
  readonly #sleeper: Sleeper

  constructor(alarms: Alarms, sleeper: Sleeper) {
    super(alarms)
    this.#sleeper = sleeper
  }

  ring(): void {
    this.#sleeper.ring()
  }

  end(reason: unknown): void {
    this.#sleeper.end?.(reason)
  }
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

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Rings `sleeper` once when `dueAt` is reached, unless the alarm is moved or cancelled before. */
  set(dueAt: number, now: number, sleeper: Sleeper): Alarm {
    const alarm = new WakingAlarm(this, sleeper)
    alarm.set(dueAt, now)
    return alarm
  }

  /** Puts an alarm among those that are set. */
  add(alarm: Alarm, now: number): void {
    const first = this.#first
    if (first) first.previous = alarm
    else this.#timer?.ref?.()
    alarm.next = first
    this.#first = alarm
    this.dueBy(alarm.dueAt, now)
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
    const { previous, next } = alarm
    if (previous) previous.next = next
    else if (this.#first === alarm) this.#first = next
    else return false
    if (next) next.previous = previous
    alarm.previous = alarm.next = undefined
    // Nobody waits: the timer stays for the next alarm, but keeps no process alive.
    if (this.#first === undefined) {
      if (this.#timer?.unref) this.#timer.unref()
      else this.#stop()
    }
    return true
  }

  /** Cancels all alarms, and ends whatever they watch over. */
  dispose(reason?: unknown): void {
    this.#stop()
    for (const alarm of this.#all()) if (this.remove(alarm)) alarm.end(reason)
  }

  #all(): Alarm[] {
    const all: Alarm[] = []
    for (let alarm = this.#first; alarm; alarm = alarm.next) all.push(alarm)
    return all
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAt = Infinity
  }

  readonly #onTimer = (): void => {
    this.#stop()
    const now = this.#clock.now()
    // One that is due may be moved or cancelled by another that is.
    for (const alarm of this.#all()) if (alarm.dueAt <= now && this.remove(alarm)) alarm.ring()
    this.dueBy(Math.min(...this.#all().map(({ dueAt }) => dueAt)), now)
  }
}
