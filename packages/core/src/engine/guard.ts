import type { Alarms } from '../runtime/alarms.ts'
import { Alarm } from '../runtime/alarms.ts'

/** The clock that ran out: the whole request's, one call's, the one to the first content, the one between contents. */
export type ExpiredClock = 'deadline' | 'attempt' | 'first-content' | 'idle'

/** Told that a call was ended, by a clock or by whoever left. */
export interface GuardOwner {
  ended(reason: unknown): void
  /** How long a call goes on in the background when a clock has run out; 0 where it is broken off. */
  lingerMs(): number
}

/** Watches over one call: ends it when a clock runs out, whether or not the provider heeds its signal. */
export class Guard extends Alarm {
  /** Which clock ended the call, if one did. */
  expired: ExpiredClock | undefined
  readonly #owner: GuardOwner
  readonly #controller = new AbortController()
  readonly #deadlineAt: number
  #limit: Exclude<ExpiredClock, 'deadline'>
  #limitAt: number
  #ended = false
  /** What was left of the time to the next content when it was held. */
  #leftMs = Infinity
  #reject: ((reason: unknown) => void) | undefined

  /** @param limitMs how long the call may take, or its first content, as `limit` says */
  constructor(
    owner: GuardOwner,
    alarms: Alarms,
    now: number,
    deadlineAt: number,
    limit: 'attempt' | 'first-content',
    limitMs: number,
  ) {
    super(alarms)
    this.#owner = owner
    this.#deadlineAt = deadlineAt
    this.#limit = limit
    this.#limitAt = now + limitMs
    this.set(Math.min(this.#limitAt, deadlineAt), now)
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

  /** Something arrived that is no content: while its reader looks at it, the time to the next content stands still. */
  hold(now: number): void {
    this.#leftMs = this.#limitAt - now
    this.rest()
  }

  /** Content arrived. How long its reader takes over it is not the provider's. */
  rest(): void {
    this.#limitAt = Infinity
    this.dueAt = this.#deadlineAt
  }

  /** More content is waited for: from now on the time to it is watched. */
  awaitContent(now: number, idleMs: number): void {
    this.#limit = 'idle'
    this.#limitAt = now + Math.min(idleMs, this.#leftMs)
    this.#leftMs = Infinity
    this.move(Math.min(this.#limitAt, this.#deadlineAt), now)
  }

  /** Ends the call for a reason of the engine's own; nobody is told, and nobody waits for it any more. */
  abandon(reason: unknown): void {
    this.release()
    this.#ended = true
    this.#controller.abort(reason)
  }

  /** The call is over: no alarm stays behind. */
  release(): void {
    this.cancel()
    this.#reject = undefined
  }

  /** A clock ran out. */
  ring(): void {
    const lingerMs = this.#owner.lingerMs()
    this.expired ??= this.#deadlineAt <= this.#limitAt ? 'deadline' : this.#limit
    const reason = new DOMException(`The ${this.expired} clock ran out`, 'TimeoutError')
    if (lingerMs === 0) return this.end(reason)
    const now = this.dueAt
    this.#owner.ended(reason)
    this.set(now + lingerMs, now)
  }

  /** Ends the call, whether or not the provider heeds its signal. */
  end(reason: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.cancel()
    this.#controller.abort(reason)
    this.#reject?.(reason)
    this.#owner.ended(reason)
  }
}
