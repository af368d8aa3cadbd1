import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { ApiKey, KeyPool, Keys } from '../provider/key-pool.ts'
import { fingerprintOf } from './fingerprint.ts'

type Source = Exclude<ApiKey, KeyPool>

/** Keys beyond those of now that are remembered as secrets: answers to calls made by them may still come. */
const rememberedKeys = 16

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
  #keys: readonly string[] = none
  #fetch: (() => Keys | Promise<Keys>) | undefined
  /** Newest first. */
  #secrets: readonly string[] = none
  #refreshing: Promise<void> | undefined

  constructor(source: Source | undefined) {
    if (source !== undefined) this.replace(source)
  }

  read(fingerprint?: string): string | undefined | Promise<string | undefined> {
    return this.#fetch === undefined ? this.#pick(fingerprint) : this.#fetchAndPick(this.#fetch, fingerprint)
  }

  replace(source: Source): void {
    if (typeof source === 'function') {
      this.#fetch = source
      this.#keep(none, none)
      return
    }
    const keys = typeof source === 'string' ? [source] : source
    if (
      !Array.isArray(keys) ||
      keys.length === 0 ||
      !keys.every((key) => typeof key === 'string' && key.trim() !== '')
    ) {
      const problem = 'must be a key, a list of keys, or a function that fetches them'
      throw new InvalidConfigError([{ path: 'options.apiKey', problem }])
    }
    this.#fetch = undefined
    this.#hold(keys)
  }

  async refresh(): Promise<void> {
    if (this.#fetch !== undefined) await (this.#refreshing ??= this.#refresh(this.#fetch))
  }

  secrets(): readonly string[] {
    return this.#secrets
  }

  async #refresh(fetch: () => Keys | Promise<Keys>): Promise<void> {
    try {
      await this.#fetchAndPick(fetch, undefined)
    } catch {
      // The next call tells what is wrong.
    } finally {
      this.#refreshing = undefined
    }
  }

  async #fetchAndPick(fetch: () => Keys | Promise<Keys>, fingerprint: string | undefined): Promise<string | undefined> {
    const fetched = await fetch()
    // It may have been replaced meanwhile.
    if (this.#fetch !== fetch) return this.read(fingerprint)
    if (Array.isArray(fetched)) this.#hold(fetched)
    // One that is fetched anew for each call may be another each time, and still the same account.
    else this.#keep(typeof fetched === 'string' ? [fetched] : none, none)
    return this.#pick(fingerprint)
  }

  #hold(keys: readonly string[]): void {
    const distinct = [...new Set(keys)]
    const isSame = this.fingerprints.length > 0 && distinct.join('\n') === this.#keys.join('\n')
    if (!isSame) this.#keep(distinct, distinct.map(fingerprintOf))
  }

  #keep(keys: readonly string[], fingerprints: readonly string[]): void {
    const old = this.#secrets.filter((secret) => !keys.includes(secret))
    this.#secrets = [...keys, ...old.slice(0, rememberedKeys)]
    this.#keys = keys
    if (fingerprints.length + this.fingerprints.length > 0) this.fingerprints = fingerprints
  }

  #pick(fingerprint: string | undefined): string | undefined {
    const at = fingerprint === undefined ? 0 : this.fingerprints.indexOf(fingerprint)
    return this.#keys[Math.max(0, at)]
  }
}
