import { expect, it } from 'vitest'
import { createRedactor } from '../errors/redact.ts'
import { createKeyPool } from './key-pool.ts'
import { createKeyRedactor } from './redact-keys.ts'

it('takes out all keys of a pool, those that were replaced too', () => {
  const pool = createKeyPool(['first-key', 'second-key'])
  const redact = createKeyRedactor(pool, createRedactor)()
  pool.replace('third-key')
  expect(redact('first-key, second-key, third-key, fourth-key')).toBe('[redacted], [redacted], [redacted], fourth-key')
})

it('takes out the key of a call that the pool has forgotten', async () => {
  let calls = 0
  const pool = createKeyPool(() => `key-number-${++calls}-`)
  const redactKeys = createKeyRedactor(pool, createRedactor)
  const first = await pool.read()
  const redact = redactKeys(first)
  for (let call = 0; call < 50; call++) await pool.read()
  expect(pool.secrets()).not.toContain(first)
  expect(redact('key-number-1- and key-number-51-')).toBe('[redacted] and [redacted]')
})

it('takes out a key as it is sent, without the space around it', () => {
  const redactKeys = createKeyRedactor(createKeyPool(' a-key\n'), createRedactor)
  expect(redactKeys()('Bearer of a-key')).toBe('Bearer of [redacted]')
})

it('makes a redactor once for the same keys, and none before there is a text', async () => {
  let made = 0
  const pool = createKeyPool(['first-key'])
  const redactKeys = createKeyRedactor(pool, (keys) => (made++, createRedactor(keys)))
  const redacts = [redactKeys(), redactKeys('first-key')]
  expect(made).toBe(0)
  for (const redact of redacts) expect(redact('first-key')).toBe('[redacted]')
  expect(made).toBe(1)
})
