import { createKeyPool, createKeyRedactor, createRedactor, toSafeCause } from '@llmfb/core/provider'
import type { ApiKey, CallOptions, KeyPool, RedactKeys } from '@llmfb/core/provider'
import { secretsOfHeaders, untilAborted, worthHiding } from '@llmfb/transport'
import type { ChatCompletionsDialect } from './dialect.ts'
import { lowerCaseNames } from './lower-case-names.ts'
import { fail, type FailureContext } from './to-provider-error.ts'

/** The service that keys are for, and what else is secret about it. */
export interface KeyringContext {
  /** Name of the service for people. */
  readonly name: string
  readonly dialect: ChatCompletionsDialect
  /** What goes out with every call. */
  readonly headers: Readonly<Record<string, string>>
}

/** The keys of a service, how they are sent, and how they are kept out of sight. */
export interface Keyring {
  readonly pool: KeyPool
  /** Headers of the only key there will ever be, or of none; undefined where each call has to ask for its own. */
  readonly fixedHeaders: Readonly<Record<string, string>> | undefined
  /** The key of a call. @throws ProviderError, the signal's reason */
  read(call: KeyedCall): Promise<string | undefined>
  /** What carries a key; headers of the caller win over it. */
  toHeaders(key: string | undefined): Record<string, string>
  readonly redact: RedactKeys
}

/** What is known of a call before it has a key. */
export interface KeyedCall {
  readonly options: CallOptions
  readonly failure: FailureContext
}

/** Headers whose values say who asks for what, and are no secrets. */
const harmless = /^(?:anthropic-(?:beta|version)|http-referer|openai-(?:beta|organization|project)|x-title)$/i

export function createKeyring(apiKey: ApiKey | undefined, context: KeyringContext): Keyring {
  const { name, dialect, headers } = context
  const authentication = dialect.authentication ?? ((key) => ({ authorization: `Bearer ${key}` }))
  const callers = lowerCaseNames(headers)
  const isFixed = apiKey === undefined || typeof apiKey === 'string'
  const pool = createKeyPool(apiKey)
  const secrets = secretsOfHeaders(headers, harmless)
  const redact = createKeyRedactor(pool, (keys) => createRedactor([...worthHiding(keys), ...secrets]))

  const toHeaders: Keyring['toHeaders'] = (key) => {
    if (key === undefined || key.trim() === '') return {}
    const own = Object.entries(lowerCaseNames(authentication(key)))
    return Object.fromEntries(own.filter(([header]) => !Object.hasOwn(callers, header)))
  }

  return {
    pool,
    fixedHeaders: isFixed ? toHeaders(apiKey) : undefined,
    async read({ options, failure }) {
      const { signal } = options
      try {
        const read = pool.read(options)
        return typeof read === 'object' ? await untilAborted(read, signal) : read
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        throw fail('unknown', `No key for ${name}: its function failed`, failure, {
          cause: toSafeCause(error, redact()),
        })
      }
    },
    toHeaders,
    redact,
  }
}
