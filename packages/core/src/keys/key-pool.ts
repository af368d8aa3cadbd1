import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { ApiKey, KeyChoice, KeyPool, Keys } from '../provider/key-pool.ts'
import { fingerprintOf } from './fingerprint.ts'

type Source = Exclude<ApiKey, KeyPool>

/** Keys beyond those of now that are remembered as secrets: answers to calls made by them may still come. */
const rememberedKeys = 16

/** How often newer keys are asked for in vain before a function that has not answered yet is asked once more. */
const mostImpatience = 30

const none: readonly string[] = []

/**
 * Makes a pool of what an option `apiKey` holds; a pool is handed back as it is. Without a key, or with a blank one, as of a
 * variable that is not set, it reads as undefined.
 *
 * @throws InvalidConfigError for what is neither a key, a list of keys, nor a function
 */
export function createKeyPool(apiKey?: ApiKey): KeyPool {
  if (isKeyPool(apiKey)) return apiKey
  return new Keyring(typeof apiKey === 'string' && apiKey.trim() === '' ? undefined : apiKey)
}

/**
 * The pool of an option `apiKey` that may hold several keys, or others later, for a plugin's `keys`; undefined for a single
 * key, which needs none.
 *
 * @throws InvalidConfigError as `createKeyPool` does
 */
export function pooledKeys(apiKey: ApiKey | undefined): KeyPool | undefined {
  return apiKey === undefined || typeof apiKey === 'string' ? undefined : createKeyPool(apiKey)
}

function isKeyPool(apiKey: ApiKey | undefined): apiKey is KeyPool {
  return typeof apiKey === 'object' && apiKey !== null && 'fingerprints' in apiKey && typeof apiKey.read === 'function'
}

class Keyring implements KeyPool {
  fingerprints: readonly string[] = none
  version = 0
  #keys: readonly string[] = none
  #fetch: (() => Keys | Promise<Keys>) | undefined
  /** Newest first. */
  #secrets: readonly string[] = none
  #refreshing: Promise<void> | undefined
  /** How often newer keys were asked for while the function was being asked. */
  #impatience = 0

  constructor(source: Source | undefined) {
    if (source !== undefined) this.replace(source)
  }

  read(call: KeyChoice = {}): string | undefined | Promise<string | undefined> {
    return this.#fetch === undefined ? this.#pick(call) : this.#fetchAndPick(this.#fetch, call)
  }

  replace(source: Source): void {
    if (typeof source === 'function') {
      this.#keep(none, none)
      this.#fetch = source
    } else {
      this.#keep(...toHeld(source, 'options.apiKey'))
      this.#fetch = undefined
    }
    this.#refreshing = undefined
  }

  refresh(): Promise<void> {
    const fetch = this.#fetch
    if (fetch === undefined) return Promise.resolve()
    // One that never answers must not keep the next from being asked.
    if (this.#refreshing !== undefined && ++this.#impatience < mostImpatience) return this.#refreshing
    this.#impatience = 0
    const refreshing = this.#refresh(fetch).finally(() => {
      if (this.#refreshing === refreshing) this.#refreshing = undefined
    })
    return (this.#refreshing = refreshing)
  }

  secrets(): readonly string[] {
    return this.#secrets
  }

  async #refresh(fetch: () => Keys | Promise<Keys>): Promise<void> {
    try {
      await this.#fetchAndPick(fetch, {})
    } catch {
      // The next call tells what is wrong.
    }
  }

  async #fetchAndPick(fetch: () => Keys | Promise<Keys>, call: KeyChoice): Promise<string | undefined> {
    const fetched = await fetch()
    // It may have been replaced meanwhile.
    if (this.#fetch !== fetch) return this.read(call)
    this.#keep(
      ...(Array.isArray(fetched) && fetched.length > 0 ? toHeld(fetched, 'options.apiKey()') : toToken(fetched)),
    )
    return this.#pick(call)
  }

  #keep(keys: readonly string[], fingerprints: readonly string[]): void {
    const isSame = keys.length === this.#keys.length && keys.every((key, at) => key === this.#keys[at])
    if (isSame && fingerprints.length === this.fingerprints.length) return
    const old = this.#secrets.filter((secret) => !keys.includes(secret))
    this.#secrets = [...keys, ...old.slice(0, rememberedKeys)]
    this.#keys = keys
    this.version++
    if (fingerprints.length + this.fingerprints.length > 0) this.fingerprints = fingerprints
  }

  #pick({ key, onKey }: KeyChoice): string | undefined {
    const at = Math.max(0, key === undefined ? 0 : this.fingerprints.indexOf(key))
    const fingerprint = this.fingerprints[at]
    if (fingerprint !== undefined) onKey?.(fingerprint)
    return this.#keys[at]
  }
}

/** Keys as they are sent, and their fingerprints. */
type Held = readonly [keys: readonly string[], fingerprints: readonly string[]]

/** What one key is that a function fetched: it may give another the next time for the same account. */
function toToken(fetched: unknown): Held {
  const token = typeof fetched === 'string' ? fetched.trim() : ''
  return [token === '' ? none : [token], none]
}

/** @throws InvalidConfigError */
function toHeld(given: unknown, path: string): Held {
  const keys: unknown = typeof given === 'string' ? [given] : given
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === 'string' && key.trim() !== '')) {
    const problem = 'must be a key, a list of keys, or a function that fetches them'
    throw new InvalidConfigError([{ path, problem }])
  }
  const distinct = [...new Set((keys as readonly string[]).map((key) => key.trim()))]
  return [distinct, distinct.map(fingerprintOf)]
}
