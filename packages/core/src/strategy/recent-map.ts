/**
 * Remembers values for a time after their last use, and no more than so many: two generations, of which the older is
 * dropped when the younger is full or old.
 */
export class RecentMap<K, V> {
  readonly #most: number
  readonly #forMs: number
  #young = new Map<K, { value: V; at: number }>()
  #old: ReadonlyMap<K, { readonly value: V; readonly at: number }> = new Map()
  #bornAt = 0

  constructor(most: number, forMs: number) {
    this.#most = most
    this.#forMs = forMs
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: K, now: number): V | undefined {
    const entry = this.#young.get(key) ?? this.#old.get(key)
    return entry !== undefined && now - entry.at < this.#forMs ? entry.value : undefined
  }

  set(key: K, value: V, now: number): void {
    const full = 2 * this.#young.size >= this.#most
    if (full || now - this.#bornAt >= this.#forMs) {
      this.#old = this.#young
      this.#young = new Map()
      this.#bornAt = now
    }
    this.#young.set(key, { value, at: now })
  }
}
