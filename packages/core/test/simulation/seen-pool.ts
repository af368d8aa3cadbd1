import { createKeyPool } from '../../src/keys/key-pool.ts'
import type { ApiKey, KeyPool } from '../../src/provider/key-pool.ts'
import type { PoolModel } from './keys.ts'

/** What a router knows by the keys of a provider, as far as can be told from outside: when it forgot what. */
export interface KeyMemory {
  known: readonly string[]
  /** How often all that was known by a key was forgotten. */
  readonly forgotten: Map<string, number>
}

export function createKeyMemory(): KeyMemory {
  return { known: [], forgotten: new Map() }
}

/** A pool that notes when its router sees that its keys are others. */
export interface SeenPool extends KeyPool {
  /** The keys that there are now; of some its function may not have told yet. */
  readonly keys: readonly string[]
  /** The fingerprints, for who only looks. */
  readonly peeked: readonly string[]
  /** Another one is in its place, or none, and only requests of before go by it. */
  readonly isRetired: boolean
  /** All that its router knows by a key, until it forgets it, has one name. */
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
  let snapshot: KeyMemory | undefined

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
    if (snapshot !== undefined || fingerprints.length === 0) return
    const { known, forgotten } = memory
    for (const gone of known) if (!fingerprints.includes(gone)) forgotten.set(gone, (forgotten.get(gone) ?? 0) + 1)
    memory.known = fingerprints
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
      return snapshot !== undefined
    },
    // One that only requests of before have seen is known to nobody else.
    nameOf: (fingerprint) =>
      snapshot === undefined || snapshot.known.includes(fingerprint)
        ? `#${fingerprint}.${(snapshot ?? memory).forgotten.get(fingerprint) ?? 0}`
        : `#${fingerprint} of before`,
    retire: () => {
      snapshot ??= { known: memory.known, forgotten: new Map(memory.forgotten) }
    },
    replaceBy: (next) => {
      current = next
      inner.replace(toSource(next))
    },
    rotate: ({ keys }) => {
      if (current.source !== 'list') current = { ...current, keys }
    },
    read: (fingerprint) => inner.read(fingerprint),
    replace: (keys) => inner.replace(keys),
    refresh: () => inner.refresh(),
    secrets: () => inner.secrets(),
  }
}
