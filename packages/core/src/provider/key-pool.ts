import type { CallOptions } from './call-options.ts'

/** One key, or several that do for each other. */
export type Keys = string | readonly string[]

/** Where the keys of a provider come from: given at once, fetched before each call, or in a pool of the program's own. */
export type ApiKey = Keys | (() => Keys | Promise<Keys>) | KeyPool

/** What a pool heeds of the options of a call. */
export type KeyChoice = Pick<CallOptions, 'key' | 'onKey'>

/**
 * Keys of one provider. Each is known by its fingerprint, eight characters that tell keys apart and nothing else of them;
 * the keys themselves are seen by the provider alone.
 */
export interface KeyPool {
  /**
   * Fingerprints of the keys, in their order; another array once they are others. Empty where there is nothing to choose
   * from: a function that fetches one key before each call, or several that were not asked for yet.
   */
  readonly fingerprints: readonly string[]
  /** Counts how often the keys were others than before, those of a function that gives one key included. */
  readonly version: number
  /**
   * The key of a call: that of its fingerprint, or the first one where there is no such key any more, or none is named.
   * Tells `onKey` which. A function is asked anew.
   *
   * @returns undefined where there is none at all
   * @throws what the function throws; InvalidConfigError where it gives something else than keys
   */
  read(call?: KeyChoice): string | undefined | Promise<string | undefined>
  /** Goes on with other keys; calls under way end by theirs. @throws InvalidConfigError */
  replace(keys: Exclude<ApiKey, KeyPool>): void
  /** Asks a function for its keys, unless it is being asked; does nothing where there is none. Never rejects. */
  refresh(): Promise<void>
  /** The keys, newest first, and some that were replaced or fetched before: what must never be seen anywhere. */
  secrets(): readonly string[]
}
