import type { FailureKind } from '../errors/failure-kind.ts'
import type { Clock } from '../provider/call-options.ts'
import type { JsonValue } from '../provider/json.ts'
import type { Random } from '../runtime/random.ts'
import { boundStore } from '../store/bounded-store.ts'
import type { BoundedStore } from '../store/bounded-store.ts'
import type { Store } from '../store/store.ts'
import { reserveCall } from './shared-call.ts'
import type { Reserve, SharedCall } from './shared-call.ts'
import { SharedLimit } from './shared-limit.ts'
import type { Reservation } from './shared-limit.ts'
import { leftMsOf, toSharedValue } from './shared-value.ts'
import type { SharedValue, Trust } from './shared-value.ts'

/** What others say, as times of this process's own clock. What these throw is dropped. */
export interface SharedStateListener {
  /** Another process found the target broken until then, or, with 0, working again. */
  onCircuit(target: string, until: number): void
  /** Another process leaves a target or a provider's account alone until then, or, with 0, no longer. */
  onPause(key: string, until: number, reason: FailureKind): void
  /** The store is gone: everything is local from now on. Or it is back. */
  onStore?(available: boolean): void
}

export interface SharedStateOptions {
  readonly store: Store
  readonly clock: Clock
  /** Draws the name by which a process knows its own words. */
  readonly random: Random
  /** All targets and accounts that there are, to be read anew when the store is back. */
  readonly keys: () => Iterable<string>
  readonly listener: SharedStateListener
  /** Longest wait for one answer of the store. @default 50 */
  readonly timeoutMs?: number
  /** How far the wall clocks of two processes may differ unnoticed. @default 2000 */
  readonly maxSkewMs?: number
  /** Nothing that others say lasts longer. @default 3_600_000 */
  readonly maxMs?: number
}

/** Of the layout of keys and values; processes of different versions do not hear each other. */
const prefix = 'llmfb:1:'

/** Most of each that is remembered; beyond it the oldest is forgotten. */
const maxRemembered = 10_000

const circuit = 'circuit:'
const pause = 'pause:'

/**
 * What a router does with a store: it tells other processes when a circuit opens or closes and when a target or an account
 * is left alone, hears the same from them, and counts limits together with them. Nothing waits for the store but `reserve`,
 * and that no longer than the bound. Keys hold names of targets and limits, values times and kinds of failure.
 */
export class SharedState {
  readonly #store: BoundedStore
  readonly #clock: Clock
  readonly #listener: SharedStateListener
  readonly #keys: () => Iterable<string>
  readonly #trust: Trust
  readonly #id: string
  /** What the store has not confirmed yet. */
  readonly #unconfirmed = new Map<string, SharedValue>()
  /** Circuits that are open as far as the others know. */
  readonly #open = new Map<string, true>()
  readonly #limits = new Map<string, SharedLimit>()
  #hears = false

  constructor(options: SharedStateOptions) {
    const { store, clock, random, timeoutMs = 50, maxSkewMs = 2000, maxMs = 3_600_000 } = options
    this.#clock = clock
    this.#listener = options.listener
    this.#keys = options.keys
    this.#trust = { maxSkewMs, maxMs }
    this.#id = `${random()}`
    this.#store = boundStore(store, { clock, timeoutMs, onChange: (available) => this.#onStore(available) })
    for (const kind of [circuit, pause]) {
      this.#store.watch(prefix + kind, (key, value) => this.#hear(key.slice(prefix.length), value))
    }
  }

  /**
   * Reads what others have said of targets and accounts before, one after the other. Never rejects.
   *
   * @param keys @default all that there are
   */
  async read(keys: Iterable<string> = this.#keys()): Promise<void> {
    // A copy: targets may come and go meanwhile.
    for (const key of Array.from(keys)) {
      await Promise.all([circuit + key, pause + key].map(async (name) => this.#hear(name, await this.#get(name))))
    }
  }

  /** Tells the others of a change of this process's own. What follows from their words is not repeated to them. */
  publishCircuit(target: string, state: { readonly type: string; readonly until?: number }): void {
    if (this.#hears) return
    const forMs = (state.until ?? 0) - this.#clock.now()
    if (forMs > 0) {
      remember(this.#open, target, true)
      this.#publish(circuit + target, forMs, 'unknown')
    } else if (state.type === 'closed' && this.#open.delete(target)) {
      this.#publish(circuit + target, 0, 'unknown')
    }
  }

  /** Tells the others that a target (`openai/gpt-5`) or a provider's account (`openai`) is left alone until then, or no longer. */
  publishPause(key: string, until: number, reason: FailureKind): void {
    const forMs = until - this.#clock.now()
    if (!this.#hears) this.#publish(pause + key, Math.max(0, forMs), reason)
  }

  /**
   * Takes `amount` of a limit that all processes share. Whoever asks holds the limit locally first: without the store
   * everything fits.
   *
   * @param key what is limited, such as `openai/gpt-5:tpm`
   * @param limit most within any span of `windowMs`; the same in all processes
   * @returns `undefined` when it does not fit
   */
  reserve(key: string, amount: number, limit: number, windowMs: number): Promise<Reservation | undefined> {
    const name = `${prefix}limit:${key}:${windowMs}`
    const shared = this.#limits.get(name) ?? new SharedLimit(this.#store, this.#clock, name, windowMs)
    remember(this.#limits, name, shared)
    return shared.take(amount, limit)
  }

  /**
   * Takes what a call needs of the limits of its target, which all processes hold together.
   *
   * @param limits by lane, of a minute
   * @returns `undefined` when it does not fit
   */
  reserveCall(
    target: string,
    limits: readonly (number | undefined)[],
    inputTokens: number,
    outputTokens: number,
  ): Promise<SharedCall | undefined> {
    const reserve: Reserve = (...limit) => this.reserve(...limit)
    return reserveCall(reserve, target, limits, inputTokens, outputTokens)
  }

  /** Lets go of the store, which stays open: it belongs to whoever made it. */
  dispose(): void {
    this.#store.dispose()
  }

  #get(name: string): Promise<JsonValue | undefined> {
    return this.#store.get(prefix + name)
  }

  #publish(name: string, forMs: number, reason: FailureKind): void {
    this.#send(name, { by: this.#id, at: this.#clock.wallTime(), forMs: Math.min(forMs, this.#trust.maxMs), reason })
  }

  #send(name: string, value: SharedValue): void {
    remember(this.#unconfirmed, name, value)
    void this.#store.set(prefix + name, value, value.forMs).then((kept) => {
      if (kept && this.#unconfirmed.get(name) === value) this.#unconfirmed.delete(name)
    })
  }

  #onStore(available: boolean): void {
    try {
      this.#listener.onStore?.(available)
    } finally {
      if (available) this.#catchUp()
    }
  }

  /** Says what was not heard while the store was gone, as far as it still holds, and hears what the others said. */
  #catchUp(): void {
    const wallTime = this.#clock.wallTime()
    const unheard = [...this.#unconfirmed]
    this.#unconfirmed.clear()
    for (const [name, { at, forMs, reason }] of unheard) {
      const leftMs = forMs - (wallTime - at)
      if (leftMs > 0) this.#publish(name, leftMs, reason)
      else if (forMs === 0) this.#publish(name, 0, reason)
    }
    void this.read()
  }

  #hear(name: string, value: JsonValue | undefined): void {
    const shared = toSharedValue(value)
    if (!shared || shared.by === this.#id) return
    const leftMs = leftMsOf(shared, this.#clock.wallTime(), this.#trust)
    const closes = shared.forMs === 0
    if (leftMs <= 0 && !closes) return
    const until = closes ? 0 : this.#clock.now() + leftMs
    this.#hears = true
    try {
      if (name.startsWith(pause)) {
        this.#listener.onPause(name.slice(pause.length), until, shared.reason)
        return
      }
      const target = name.slice(circuit.length)
      if (closes) this.#open.delete(target)
      else remember(this.#open, target, true)
      this.#listener.onCircuit(target, until)
    } catch {
      // The word has been passed on; what becomes of it is the listener's.
    } finally {
      this.#hears = false
    }
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= maxRemembered) return
  const [oldest = key] = map.keys()
  map.delete(oldest)
}
