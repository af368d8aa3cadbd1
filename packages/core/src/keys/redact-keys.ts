import type { Redact } from '../errors/redact.ts'
import type { KeyPool } from '../provider/key-pool.ts'

/** Makes the redactor of a call from the key that it is made by, where that is known. */
export type RedactKeys = (key?: string) => Redact

/**
 * Takes the keys of a pool out of texts: those of now, those that it remembers, and the one that the call was made by, which
 * it may have forgotten since. Nothing is made before there is a text to be redacted.
 *
 * @param toRedact makes a redactor of keys, and of what else must not be seen
 */
export function createKeyRedactor(pool: KeyPool, toRedact: (keys: readonly string[]) => Redact): RedactKeys {
  let known: readonly string[] | undefined
  let redact: Redact = String

  const redactPool: Redact = (text) => {
    const secrets = pool.secrets()
    if (secrets !== known) {
      redact = toRedact(withoutSpace(secrets))
      known = secrets
    }
    return redact(text)
  }

  return (key) =>
    key === undefined
      ? redactPool
      : (text) => {
          const secrets = pool.secrets()
          return secrets.includes(key) ? redactPool(text) : toRedact(withoutSpace([key, ...secrets]))(text)
        }
}

/** As they were given, and as they are sent: services see them without the space around them. */
function withoutSpace(keys: readonly string[]): string[] {
  return [...new Set(keys.flatMap((key) => [key, key.trim()]))]
}
