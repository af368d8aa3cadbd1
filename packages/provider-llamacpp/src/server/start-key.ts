import {
  type ApiKey,
  createKeyPool,
  createKeyReader,
  createKeyRedactor,
  createRedactor,
  ProviderError,
  type Redact,
  toSafeCause,
} from '@llmfb/core/provider'
import { untilAborted, worthHiding } from '@llmfb/transport'

/**
 * Makes what reads the key that a server is started with, and that it is asked with as long as it runs; undefined for one
 * that asks for none. A function is asked at each start.
 *
 * @throws ProviderError of kind `authentication` where a function gives none, or none that a header can carry: the server
 * would be open to all; of kind `unknown` where it fails
 */
export function createStartKeyReader(
  apiKey: ApiKey | undefined,
  provider: string,
): (signal: AbortSignal) => Promise<string | undefined> {
  if (apiKey === undefined || (typeof apiKey === 'string' && apiKey.trim() === '')) return async () => undefined
  const pool = createKeyPool(apiKey)
  const redactKeys = createKeyRedactor(pool, (keys) => createRedactor(worthHiding(keys)))
  const readKey = createKeyReader(pool, redactKeys, 'LLAMA_API_KEY')
  return (signal) => {
    let redact: Redact = redactKeys()
    return readKey({
      options: {},
      signal,
      useRedact: (next) => (redact = next),
      wait: (work) => untilAborted(work, signal),
      fail: (kind, problem, cause) =>
        new ProviderError(`llama-server cannot be started: ${problem}`, {
          kind,
          provider,
          ...(cause === undefined ? {} : { cause: toSafeCause(cause, redact) }),
        }),
    })
  }
}
