import { doubled } from '../backoff/doubled.ts'
import type { Clock, Timer } from '../provider/call-options.ts'
import type { JsonValue } from '../provider/json.ts'
import { Alarms } from '../runtime/alarms.ts'
import { checkAmount, checkKey, toStoredText } from './storable.ts'
import type { Added, Store } from './store.ts'

export interface BoundStoreOptions {
  readonly clock: Clock
  /** Longest wait for one answer. @default 50 */
  readonly timeoutMs?: number
  /** So many timeouts or failures in a row mean that the store is gone. @default 3 */
  readonly failures?: number
  /** A store that is gone is asked again after this, then after twice as long each time, up to `maxRestMs`. @default 1000 */
  readonly restMs?: number
  /** @default 30_000 */
  readonly maxRestMs?: number
  /** Told once when the store is gone, and once when it is back. What it throws is dropped. */
  readonly onChange?: (available: boolean) => void
}

interface Watch {
  readonly prefix: string
  readonly listener: (key: string, value: JsonValue) => void
  end: (() => void) | undefined
}

/** What a store that is gone is asked, to see whether it is back. */
const probeKey = 'llmfb:1:probe'

/**
 * A store as its users see it: each operation settles within the bound and never rejects, whatever the store does. Each
 * says by its answer that there was none: `undefined`, or `false`. An answer that comes too late is not heard.
 *
 * A store that keeps failing is left alone, and then costs no wait: it is asked by this alone, now and then, until it
 * answers.
 */
export class BoundedStore {
  readonly #store: Store
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #mostFailures: number
  readonly #restMs: number
  readonly #maxRestMs: number
  readonly #onChange: (available: boolean) => void
  readonly #alarms: Alarms
  readonly #watches = new Set<Watch>()
  #available = true
  #disposed = false
  /** In a row: of calls while the store is there, of probes while it is gone. */
  #failures = 0
  #rest: Timer | undefined

  constructor(store: Store, options: BoundStoreOptions) {
    this.#store = store
    this.#clock = options.clock
    this.#timeoutMs = options.timeoutMs ?? 50
    this.#mostFailures = options.failures ?? 3
    this.#restMs = options.restMs ?? 1000
    this.#maxRestMs = options.maxRestMs ?? 30_000
    this.#onChange = options.onChange ?? (() => undefined)
    this.#alarms = new Alarms(options.clock)
  }

  /** Whether the store is asked at all. */
  get available(): boolean {
    return this.#available && !this.#disposed
  }

  /** @returns `undefined` when there is no value, or no answer */
  async get(key: string): Promise<JsonValue | undefined> {
    if (!this.#takes(() => checkKey(key))) return undefined
    return this.#bound(() => this.#store.get(key), undefined)
  }

  /** @returns whether the value is known to be kept */
  async set(key: string, value: JsonValue, ttlMs: number): Promise<boolean> {
    const check = (): void => {
      checkKey(key)
      toStoredText(value)
    }
    if (!this.#takes(check)) return false
    return this.#bound(() => this.#store.set(key, value, ttlMs).then(() => true), false)
  }

  /** @returns `undefined` when there was no answer: nobody knows then whether the amount was added */
  async add(key: string, amount: number, limit: number, ttlMs: number): Promise<Added | undefined> {
    const check = (): void => {
      checkKey(key)
      checkAmount(amount, limit)
    }
    if (!this.#takes(check)) return undefined
    return this.#bound(() => this.#store.add(key, amount, limit, ttlMs), undefined)
  }

  /** As `Store.watch`. A store that cannot be watched now is asked again when it is back. */
  watch(prefix: string, listener: (key: string, value: JsonValue) => void): () => void {
    const watch: Watch = { prefix, listener, end: undefined }
    this.#watches.add(watch)
    this.#begin(watch)
    return () => this.#end(watch)
  }

  /** Ends all watches, answers all who wait, and leaves no timer. */
  dispose(): void {
    this.#disposed = true
    this.#rest?.cancel()
    this.#alarms.dispose()
    for (const watch of this.#watches) this.#end(watch)
  }

  /** Whether the store is to be asked. What no store takes is not put to this one: the fault is not its own. */
  #takes(check: () => void): boolean {
    try {
      check()
      return this.available
    } catch {
      return false
    }
  }

  /** @param settle told whether the store answered in time */
  #bound<Answer>(
    operation: () => PromiseLike<Answer>,
    none: Answer,
    settle: (answered: boolean) => void = (answered) => this.#count(answered),
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const end = (answered: boolean, answer: Answer): void => {
        if (!waits) return
        waits = false
        alarm.cancel()
        if (!this.#disposed) settle(answered)
        resolve(answer)
      }
      const fail = (): void => end(false, none)
      let waits = true
      const now = this.#clock.now()
      const alarm = this.#alarms.set(now + this.#timeoutMs, now, { ring: fail, end: fail })
      // In the constructor of a promise, what is thrown at once is a rejection like any other.
      new Promise<Answer>((begin) => begin(operation())).then((answer) => end(true, answer), fail)
    })
  }

  #count(answered: boolean): void {
    // Answers to calls from before it was left alone say nothing new.
    if (!this.#available) return
    this.#failures = answered ? 0 : this.#failures + 1
    if (this.#failures < this.#mostFailures) return
    this.#failures = 0
    this.#change(false)
    this.#leaveAlone()
  }

  #leaveAlone(): void {
    if (this.#disposed) return
    const restMs = doubled(this.#restMs, this.#failures++, this.#maxRestMs)
    this.#rest = this.#clock.schedule(restMs, () => {
      const settle = (answered: boolean): void => (answered ? this.#comeBack() : this.#leaveAlone())
      void this.#bound(() => this.#store.get(probeKey), undefined, settle)
    })
    this.#rest.unref?.()
  }

  #comeBack(): void {
    this.#failures = 0
    for (const watch of this.#watches) if (!watch.end) this.#begin(watch)
    this.#change(true)
  }

  #change(available: boolean): void {
    this.#available = available
    try {
      this.#onChange(available)
    } catch {
      // Whoever asked the store is not to suffer for who listens.
    }
  }

  #begin(watch: Watch): void {
    const tell = (key: string, value: JsonValue): void => {
      if (this.#watches.has(watch)) watch.listener(key, value)
    }
    try {
      watch.end = this.#store.watch(watch.prefix, tell)
    } catch {
      this.#count(false)
    }
  }

  #end(watch: Watch): void {
    if (!this.#watches.delete(watch)) return
    try {
      watch.end?.()
    } catch {
      // It is not listened to any more, which is what was asked for.
    }
  }
}

/** Puts a bound on every call to a store, and leaves it alone for a while when it keeps failing. */
export function boundStore(store: Store, options: BoundStoreOptions): BoundedStore {
  return new BoundedStore(store, options)
}
