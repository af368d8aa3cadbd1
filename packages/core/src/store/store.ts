import type { JsonValue } from '../provider/json.ts'

/** How much a bounded counter took. */
export interface Added {
  /** Whether the amount was added: all of it, or nothing. */
  readonly added: boolean
  /** The counter's value after that. */
  readonly value: number
}

/**
 * Where state lives that several processes share. Each operation is atomic. It may reject or never settle: whoever uses
 * it bounds the wait and has an answer of their own, which is what `boundStore` is for. What cannot be kept, as
 * `checkKey`, `checkAmount` and `toStoredText` say, is rejected with an `InvalidRequestError`.
 *
 * Keys of counters and of other values are one space: `get` reads a counter as a number, `set` replaces it.
 */
export interface Store {
  /** A copy of the value, or `undefined` when there is none or its time is over. */
  get(key: string): Promise<JsonValue | undefined>
  /**
   * Keeps `value`, as it is now, under `key` for `ttlMs` milliseconds, and tells those who watch the key. With 0 or less it tells them
   * and keeps nothing, which is also how a key is removed.
   */
  set(key: string, value: JsonValue, ttlMs: number): Promise<void>
  /**
   * Adds `amount` to the counter `key` unless that would bring it above `limit`. A counter starts at 0, and its `ttlMs`
   * milliseconds run from the first addition. A negative amount is always taken; a counter that it would bring below 0
   * stands at 0, so that giving back what is over can never make room for more.
   *
   * @param amount a whole number
   * @param limit a whole number, or Infinity
   */
  add(key: string, amount: number, limit: number, ttlMs: number): Promise<Added>
  /**
   * Tells of what anybody sets under keys that begin with `prefix`, this process included, in the order in which it was
   * set and never from within `set`. What is set while the subscription is being made, or while the store cannot be
   * reached, may be missed. It never throws, and resumes by itself once a lost store is back. What a listener throws is
   * dropped.
   *
   * @returns a function that ends it; nothing is told after that
   */
  watch(prefix: string, listener: (key: string, value: JsonValue) => void): () => void
}
