import {
  createKeyPool,
  createKeyReader,
  createKeyRedactor,
  createRedactor,
  isSendable,
  toSafeCause,
} from '@llmfb/core/provider'
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
  /** The variable that the key can be in, where no call goes out without one. */
  readonly variable: string | undefined
  /** What goes out with every call. */
  readonly headers: Readonly<Record<string, string>>
}

/** The keys of a service, how they are sent, and how they are kept out of sight. */
export interface Keyring {
  readonly pool: KeyPool
  /** Headers of the only key there will ever be, or of none; undefined where each call has to ask for its own, or fails. */
  readonly fixedHeaders: Readonly<Record<string, string>> | undefined
  /** What goes out with a call because of its key. @throws ProviderError, the signal's reason */
  read(options: CallOptions, failure: FailureContext): Promise<KeyedCall>
  readonly redact: RedactKeys
}

/** A call that has its key. */
export interface KeyedCall {
  /** What carries the key; headers of the caller win over it. */
  readonly headers: Readonly<Record<string, string>>
  /** The call's, which knows the key. */
  readonly failure: FailureContext
}

/** Headers whose values say who asks for what, and are no secrets. */
const harmless = /^(?:anthropic-(?:beta|version)|http-referer|openai-(?:beta|organization|project)|x-title)$/i

export function createKeyring(apiKey: ApiKey | undefined, context: KeyringContext): Keyring {
  const { name, dialect, headers, variable } = context
  const authentication = dialect.authentication ?? ((key) => ({ authorization: `Bearer ${key}` }))
  const callers = lowerCaseNames(headers)
  const isReplaced = Object.keys(lowerCaseNames(authentication(''))).every((header) => Object.hasOwn(callers, header))
  const pool = createKeyPool(apiKey)
  const secrets = secretsOfHeaders(headers, harmless)
  const redact = createKeyRedactor(pool, (keys) => createRedactor([...worthHiding(keys), ...secrets]))
  const readKey = createKeyReader(pool, redact, isReplaced ? undefined : variable)

  const toHeaders = (key: string | undefined): Record<string, string> => {
    if (key === undefined) return {}
    const own = Object.entries(lowerCaseNames(authentication(key)))
    return Object.fromEntries(own.filter(([header]) => !Object.hasOwn(callers, header)))
  }

  function readFixed(): Record<string, string> | undefined {
    if (apiKey !== undefined && typeof apiKey !== 'string') return undefined
    const key = apiKey?.trim() ?? ''
    if (key === '') return variable === undefined || isReplaced ? {} : undefined
    return isSendable(key) ? toHeaders(key) : undefined
  }

  return {
    pool,
    fixedHeaders: readFixed(),
    async read(options, failure) {
      let { redact: known } = failure
      const signal = options.signal ?? new AbortController().signal
      const key = await readKey({
        options,
        signal,
        useRedact: (next) => (known = next),
        wait: (work) => untilAborted(work, signal),
        fail: (kind, message, cause) =>
          fail(
            kind,
            `${name} was not called: ${message}`,
            { ...failure, redact: known },
            {
              ...(cause !== undefined && { cause: toSafeCause(cause, known) }),
            },
          ),
      })
      return { headers: toHeaders(key), failure: { ...failure, redact: known } }
    },
    redact,
  }
}
