import type { Alarm, Alarms, Sleeper } from '../runtime/alarms.ts'

/** The clock that ran out: the whole request's, one call's, the one to the first content, the one between contents. */
export type ExpiredClock = 'deadline' | 'attempt' | 'first-content' | 'idle'

/**
 * Watches over one call: ends it when a clock runs out or the caller leaves, whether or not the provider heeds its
 * signal.
 */
export class Guard implements Sleeper {
  /** Which clock ended the call, if one did. */
  expired: ExpiredClock | undefined
  /** Told when the call is ended, also while nobody waits for it. */
  onEnd: ((reason: unknown) => void) | undefined
  readonly #controller = new AbortController()
  readonly #callerSignal: AbortSignal | undefined
  readonly #deadlineAt: number
  readonly #alarm: Alarm
  #limit: Exclude<ExpiredClock, 'deadline'>
  #limitAt: number
  #ended = false
  #reject: ((reason: unknown) => void) | undefined
  #onCallerAbort: (() => void) | undefined

  /** @param limitMs how long the call may take, or its first content, as `limit` says */
  constructor(
    alarms: Alarms,
    callerSignal: AbortSignal | undefined,
    now: number,
    deadlineAt: number,
    limit: 'attempt' | 'first-content',
    limitMs: number,
  ) {
    this.#callerSignal = callerSignal
    this.#deadlineAt = deadlineAt
    this.#limit = limit
    this.#limitAt = now + limitMs
    this.#alarm = alarms.set(Math.min(this.#limitAt, deadlineAt), now, this)
    if (callerSignal === undefined) return
    this.#onCallerAbort = () => this.end(callerSignal.reason)
    if (callerSignal.aborted) this.#onCallerAbort()
    else callerSignal.addEventListener('abort', this.#onCallerAbort, { once: true })
  }

  /** For the provider. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Settles as `work` does, or rejects at once when the call is ended. */
  race<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      work.then(resolve, reject)
      if (this.#ended) reject(this.signal.reason)
      else this.#reject = reject
    })
  }

  /** Whether nobody waits for content, so that only the deadline counts. */
  get resting(): boolean {
    return this.#limitAt === Infinity
  }

  /** Content arrived. How long its reader takes over it is not the provider's. */
  rest(): void {
    this.#limitAt = Infinity
    this.#alarm.dueAt = this.#deadlineAt
  }

  /** More content is waited for: from now on the time to it is watched. */
  awaitContent(now: number, idleMs: number): void {
    this.#limit = 'idle'
    this.#limitAt = now + idleMs
    this.#alarm.move(Math.min(this.#limitAt, this.#deadlineAt), now)
  }

  /** Ends the call for a reason of the engine's own; nobody waits for it any more. */
  abandon(reason: unknown): void {
    this.release()
    this.#ended = true
    this.#controller.abort(reason)
  }

  /** The call is over: no alarm and no listener stays behind. */
  release(): void {
    this.#alarm.cancel()
    if (this.#onCallerAbort) this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort)
    this.#reject = undefined
  }

  /** A clock ran out. */
  ring(): void {
    this.expired = this.#deadlineAt <= this.#limitAt ? 'deadline' : this.#limit
    this.end(new DOMException(`The ${this.expired} clock ran out`, 'TimeoutError'))
  }

  /** Ends the call, whether or not the provider heeds its signal. */
  end(reason: unknown): void {
    this.#ended = true
    this.#controller.abort(reason)
    this.#reject?.(reason)
    this.onEnd?.(reason)
  }
}
