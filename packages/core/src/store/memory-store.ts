import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import type { Clock } from '../provider/call-options.ts'
import type { JsonValue } from '../provider/json.ts'
import { systemClock } from '../runtime/system-clock.ts'
import { checkAmount, checkKey, toStoredText } from './storable.ts'
import type { Added, Store } from './store.ts'

export interface MemoryStoreOptions {
  /** @default the machine's own */
  readonly clock?: Clock
  /**
   * Most keys that are kept, counters included. Beyond it the least recently used is forgotten, whatever is left of its
   * time: leave room for every counter that must not start anew.
   *
   * @default 10_000
   */
  readonly maxEntries?: number
}

interface Entry {
  /** JSON, so that nobody can change from outside what is kept. A counter is its number. */
  readonly content: string | number
  readonly expiresAt: number
}

interface Watcher {
  readonly prefix: string
  readonly listener: (key: string, value: JsonValue) => void
}

/** A store in this process's memory, for routers that live in one process, and for tests. It runs no timers. */
export function createMemoryStore({ clock = systemClock, maxEntries = 10_000 }: MemoryStoreOptions = {}): Store {
  return new MemoryStore(clock, maxEntries)
}

class MemoryStore implements Store {
  readonly #clock: Clock
  readonly #maxEntries: number
  /** The least recently used comes first. */
  readonly #entries = new Map<string, Entry>()
  readonly #watchers = new Set<Watcher>()

  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock
    this.#maxEntries = maxEntries
  }

  async get(key: string): Promise<JsonValue | undefined> {
    checkKey(key)
    const entry = this.#use(key)
    return entry && valueOf(entry.content)
  }

  async set(key: string, value: JsonValue, ttlMs: number): Promise<void> {
    checkKey(key)
    const content = toStoredText(value)
    this.#entries.delete(key)
    if (ttlMs > 0) this.#put(key, { content, expiresAt: this.#clock.now() + ttlMs })
    for (const watcher of this.#watchers) if (key.startsWith(watcher.prefix)) this.#tell(watcher, key, content)
  }

  async add(key: string, amount: number, limit: number, ttlMs: number): Promise<Added> {
    checkKey(key)
    checkAmount(amount, limit)
    const entry = this.#use(key)
    const before = entry ? countOf(entry.content) : 0
    const added = amount < 0 || before + amount <= limit
    const value = added ? Math.max(0, before + amount) : before
    if (entry) this.#entries.set(key, { content: value, expiresAt: entry.expiresAt })
    else if (value > 0 && ttlMs > 0) this.#put(key, { content: value, expiresAt: this.#clock.now() + ttlMs })
    return { added, value }
  }

  watch(prefix: string, listener: (key: string, value: JsonValue) => void): () => void {
    const watcher: Watcher = { prefix, listener }
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** The entry, if its time is not over, as the most recently used from now on. */
  #use(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    if (entry.expiresAt <= this.#clock.now()) return undefined
    this.#entries.set(key, entry)
    return entry
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    if (this.#entries.size <= this.#maxEntries) return
    const [oldest = key] = this.#entries.keys()
    this.#entries.delete(oldest)
  }

  #tell(watcher: Watcher, key: string, content: string): void {
    queueMicrotask(() => {
      if (!this.#watchers.has(watcher)) return
      try {
        watcher.listener(key, valueOf(content))
      } catch {
        // A listener that throws disturbs neither whoever set the value nor the other listeners.
      }
    })
  }
}

function valueOf(content: string | number): JsonValue {
  return typeof content === 'number' ? content : (JSON.parse(content) as JsonValue)
}

function countOf(content: string | number): number {
  const count = valueOf(content)
  if (typeof count === 'number') return count
  throw new InvalidRequestError('key', 'holds a value that is no counter')
}
