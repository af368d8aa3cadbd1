import type { ProviderError } from '../errors/provider-error.ts'
import type { Redact } from '../errors/redact.ts'
import type { KeyChoice, KeyPool } from '../provider/key-pool.ts'
import type { RedactKeys } from './redact-keys.ts'

/** A call that waits for its key, as far as reading one goes. */
export interface KeyedCall {
  /** What the caller passed beside the request. */
  readonly options: KeyChoice
  /** The caller's, or one that aborts with it. */
  readonly signal: AbortSignal
  /** Says which secrets errors of this call may carry. */
  useRedact(redact: Redact): void
  /** Waits for `work` no longer than the caller wants the call. */
  wait<T>(work: Promise<T>): Promise<T>
  /** Makes a failure of the call. */
  fail(kind: 'authentication' | 'unknown', message: string, cause?: unknown): ProviderError
}

/** All that a header can carry without a doubt. What fetch says of other values quotes them. */
const visibleAscii = /^[!-~]+$/

/**
 * Makes what reads the key of a call. A key may be fetched anew for each, so that what to redact is known only then.
 *
 * @param variable the variable of the environment that a key can be in, for messages; without one a call may go out without
 * a key, and `undefined` is read where there is none
 * @throws ProviderError of kind `authentication` where there is none, or none that a header can carry; of kind `unknown`
 * where the function that fetches it fails
 */
export function createKeyReader(
  pool: KeyPool,
  redactKeys: RedactKeys,
  variable: string,
): (call: KeyedCall) => Promise<string>
export function createKeyReader(
  pool: KeyPool,
  redactKeys: RedactKeys,
  variable?: string,
): (call: KeyedCall) => Promise<string | undefined>
export function createKeyReader(
  pool: KeyPool,
  redactKeys: RedactKeys,
  variable?: string,
): (call: KeyedCall) => Promise<string | undefined> {
  return async (call) => {
    call.useRedact(redactKeys())
    const read = await readFrom(pool, call)
    const key = typeof read === 'string' ? read.trim() : ''
    if (key === '' && variable === undefined) return undefined
    if (key === '') throw call.fail('authentication', `there is no API key; set ${variable} or pass apiKey`)
    call.useRedact(redactKeys(key))
    if (!isSendable(key)) throw call.fail('authentication', 'the API key has characters that no key has')
    return key
  }
}

/** Whether a header can carry the key. */
export function isSendable(key: string): boolean {
  return visibleAscii.test(key)
}

async function readFrom(pool: KeyPool, call: KeyedCall): Promise<unknown> {
  try {
    const read = pool.read(call.options)
    return typeof read === 'object' ? await call.wait(read) : read
  } catch (error) {
    if (call.signal.aborted) throw error
    throw call.fail('unknown', 'the function that fetches the API key failed', error)
  }
}
