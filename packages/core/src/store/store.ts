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
 * it bounds the wait and has an answer of their own.
 */
export interface Store {
  get(key: string): Promise<JsonValue | undefined>
  /** Keeps `value` under `key` for `ttlMs` milliseconds, and tells those who watch the key. */
  set(key: string, value: JsonValue, ttlMs: number): Promise<void>
  /**
   * Adds `amount` to the counter `key` unless that would bring it above `limit`. A counter starts at 0, and its `ttlMs`
   * milliseconds run from the first addition.
   */
  add(key: string, amount: number, limit: number, ttlMs: number): Promise<Added>
  /**
   * Tells of values that anybody sets under keys that begin with `prefix`.
   *
   * @returns a function that ends it
   */
  watch(prefix: string, listener: (key: string, value: JsonValue) => void): () => void
}
