import { describe, expect, it } from 'vitest'
import { ProviderError } from '../errors/provider-error.ts'
import { createRedactor, type Redact } from '../errors/redact.ts'
import type { ApiKey } from '../provider/key-pool.ts'
import { createKeyPool } from './key-pool.ts'
import { createKeyReader, type KeyedCall } from './read-key.ts'
import { createKeyRedactor } from './redact-keys.ts'

interface Setting {
  readonly key?: string
  readonly signal?: AbortSignal
  readonly wait?: KeyedCall['wait']
}

/** Reads the key of one call; `shown` is what the call's redactor leaves of a text. */
function read(apiKey: ApiKey | undefined, { key, signal, wait = (work) => work }: Setting = {}) {
  const pool = createKeyPool(apiKey)
  let redact: Redact = String
  const call: KeyedCall = {
    options: key === undefined ? {} : { key },
    signal: signal ?? new AbortController().signal,
    useRedact: (next) => (redact = next),
    wait,
    fail: (kind, message, cause) => new ProviderError(redact(message), { kind, provider: 'acme', cause }),
  }
  const reader = createKeyReader(pool, createKeyRedactor(pool, createRedactor), 'ACME_API_KEY')
  return { pool, key: reader(call), shown: (text: string) => redact(text) }
}

describe('the key of a call', () => {
  it('is the only one, as it is sent, and not to be shown from then on', async () => {
    const { key, shown } = read(' the-one-key\n')
    expect(await key).toBe('the-one-key')
    expect(shown('No such key: the-one-key')).toBe('No such key: [redacted]')
  })

  it('is the one of the pool that the call names', async () => {
    const pool = createKeyPool(['first-key', 'second-key'])
    expect(await read(pool, { key: pool.fingerprints[1] as string }).key).toBe('second-key')
    expect(await read(pool).key).toBe('first-key')
  })

  it('is fetched, and not to be shown from then on', async () => {
    const { key, shown } = read(async () => 'fetched-key')
    expect(await key).toBe('fetched-key')
    expect(shown('fetched-key')).toBe('[redacted]')
  })
})

it.each([undefined, ' \n', () => '', (): never => 7 as never])('is none where none is needed: %o', async (apiKey) => {
  const pool = createKeyPool(apiKey)
  const call: KeyedCall = {
    options: {},
    signal: new AbortController().signal,
    useRedact: () => {},
    wait: (work) => work,
    fail: (failed, message) => new ProviderError(message, { kind: failed, provider: 'acme' }),
  }
  expect(await createKeyReader(pool, createKeyRedactor(pool, createRedactor))(call)).toBeUndefined()
})

const kind = 'authentication'

describe('a call without a key fails', () => {
  it.each([undefined, '', ' \n', () => '', (): never => 7 as never])('where there is none: %o', async (apiKey) => {
    const message = 'there is no API key; set ACME_API_KEY or pass apiKey'
    await expect(read(apiKey).key).rejects.toMatchObject({ kind, message })
  })

  it.each(['first\nsecond', 'first\u2028second', 'fürst', 'first second', 'first\0'])(
    'where no header can carry it, which is not shown: %j',
    async (apiKey) => {
      const { key, shown } = read(apiKey)
      await expect(key).rejects.toMatchObject({ kind, message: 'the API key has characters that no key has' })
      expect(shown(apiKey)).toBe('[redacted]')
    },
  )

  it('where its function fails', async () => {
    const cause = new Error('the vault is sealed')
    const message = 'the function that fetches the API key failed'
    for (const apiKey of [
      () => Promise.reject(cause),
      () => {
        throw cause
      },
    ]) {
      await expect(read(apiKey).key).rejects.toMatchObject({ kind: 'unknown', message, cause })
    }
  })

  it("with the caller's reason where the caller has left", async () => {
    const reason = new Error('the caller has left')
    const signal = AbortSignal.abort(reason)
    const { key } = read(() => new Promise<string>(() => {}), { signal, wait: () => Promise.reject(reason) })
    await expect(key).rejects.toBe(reason)
  })
})
