import { createKeyPool } from '../../src/keys/key-pool.ts'
import type { ApiKey, KeyPool } from '../../src/provider/key-pool.ts'
import type { PoolModel } from './pool-model.ts'

/** The keys of a provider that a router has met. It remembers more of them than there are here. */
export type KeyMemory = Set<string>

/** A pool that notes when its router sees that its keys are others. */
export interface SeenPool extends KeyPool {
  /** The keys that there are now; of some its function may not have told yet. */
  readonly keys: readonly string[]
  /** The fingerprints, for who only looks. */
  readonly peeked: readonly string[]
  /** Another one is in its place, or none, and only requests of before go by it. */
  readonly isRetired: boolean
  /** All that its router knows by a key has one name. */
  nameOf(fingerprint: string): string
  retire(): void
  /** The operator replaces its keys, or where they come from. */
  replaceBy(model: PoolModel): void
  /** A function gives other keys from now on. Who was given keys has to be told. */
  rotate(model: PoolModel): void
}

/** Where keys are fetched from; now and then it throws instead. */
export interface Vault {
  open(fetchMs: number, failRate: number): Promise<void> | undefined
}

export function createSeenPool(model: PoolModel, memory: KeyMemory, vault: Vault): SeenPool {
  let current = model
  let seen: readonly string[] | undefined
  let isRetired = false

  const toSource = ({ source, keys }: PoolModel): Exclude<ApiKey, KeyPool> => {
    if (source === 'list') return keys
    return async () => {
      await vault.open(current.fetchMs, current.failRate)
      return source === 'token' ? (current.keys[0] as string) : current.keys
    }
  }
  const inner = createKeyPool(toSource(model))
  const note = (fingerprints: readonly string[]): void => {
    seen = fingerprints
    if (!isRetired) for (const key of fingerprints) memory.add(key)
  }

  return {
    get fingerprints() {
      const { fingerprints } = inner
      if (fingerprints !== seen) note(fingerprints)
      return fingerprints
    },
    get peeked() {
      return inner.fingerprints
    },
    get keys() {
      return current.keys
    },
    get isRetired() {
      return isRetired
    },
    // One that only requests of before have seen is known to nobody else.
    nameOf: (fingerprint) => (memory.has(fingerprint) ? `#${fingerprint}` : `#${fingerprint} of before`),
    retire: () => void (isRetired = true),
    replaceBy: (next) => {
      current = next
      inner.replace(toSource(next))
    },
    rotate: ({ keys }) => {
      if (current.source !== 'list') current = { ...current, keys }
    },
    get version() {
      return inner.version
    },
    read: (call) => inner.read(call),
    replace: (keys) => inner.replace(keys),
    refresh: () => inner.refresh(),
    secrets: () => inner.secrets(),
  }
}
