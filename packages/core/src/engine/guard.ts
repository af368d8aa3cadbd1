import type { Clock, Timer } from '../provider/call-options.ts'

/** The clock that ran out: the whole request's, one call's, the one to the first content, the one between contents. */
export type ExpiredClock = 'deadline' | 'attempt' | 'first-content' | 'idle'

/**
 * Watches over one call: ends it when a clock runs out or the caller leaves, whether or not the provider heeds its
 * signal. One timer serves all clocks; it is moved lazily, so that content costs no timer.
 */
export class Guard {
  /** Which clock ended the call, if one did. */
  expired: ExpiredClock | undefined
  readonly #controller = new AbortController()
  readonly #clock: Clock
  readonly #callerSignal: AbortSignal | undefined
  readonly #deadlineAt: number
  #limit: Exclude<ExpiredClock, 'deadline'>
  #limitAt: number
  #timer: Timer
  #timerAt: number
  #reject: ((reason: unknown) => void) | undefined

  /** @param limitMs how long the call may take, or its first content, as `limit` says */
  constructor(
    clock: Clock,
    callerSignal: AbortSignal | undefined,
    now: number,
    deadlineAt: number,
    limit: 'attempt' | 'first-content',
    limitMs: number,
  ) {
    this.#clock = clock
    this.#callerSignal = callerSignal
    this.#deadlineAt = deadlineAt
    this.#limit = limit
    this.#limitAt = now + limitMs
    this.#timerAt = Math.min(this.#limitAt, deadlineAt)
    this.#timer = clock.schedule(this.#timerAt - now, this.#onTimer)
    callerSignal?.addEventListener('abort', this.#onCallerAbort, { once: true })
  }

  /** For the provider. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Settles as `work` does, or rejects at once when the call is ended. */
  race<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.signal.aborted) {
        reject(this.signal.reason)
        work.then(undefined, () => undefined)
        return
      }
      this.#reject = reject
      work.then(resolve, reject)
    })
  }

  /** Content arrived: from now on the time between contents is watched. */
  content(now: number, idleMs: number): void {
    this.#limit = 'idle'
    this.#limitAt = now + idleMs
    const due = Math.min(this.#limitAt, this.#deadlineAt)
    if (due < this.#timerAt) this.#schedule(due, now)
  }

  /** Ends the call for a reason of the engine's own; nobody waits for it any more. */
  abandon(reason: unknown): void {
    this.#controller.abort(reason)
    this.release()
  }

  /** The call is over: no timer and no listener stays behind. */
  release(): void {
    this.#timer.cancel()
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort)
    this.#reject = undefined
  }

  #schedule(at: number, now: number): void {
    this.#timer.cancel()
    this.#timerAt = at
    this.#timer = this.#clock.schedule(Math.max(0, at - now), this.#onTimer)
  }

  readonly #onTimer = (): void => {
    const now = this.#clock.now()
    const due = Math.min(this.#limitAt, this.#deadlineAt)
    // Timers may fire a fraction of a millisecond early; content may have moved the limit since.
    if (now < due) {
      this.#schedule(due, now)
      return
    }
    this.expired = this.#deadlineAt <= now ? 'deadline' : this.#limit
    this.#end(new DOMException(`The ${this.expired} clock ran out`, 'TimeoutError'))
  }

  readonly #onCallerAbort = (): void => this.#end(this.#callerSignal?.reason)

  #end(reason: unknown): void {
    this.#controller.abort(reason)
    this.#reject?.(reason)
  }
}
