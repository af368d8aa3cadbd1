import type { CallOptions, ProviderContext } from '@llmfb/core/provider'
import {
  createKeyPool,
  createKeyReader,
  createKeyRedactor,
  createRedactor,
  InvalidConfigError,
  isLlmfbError,
} from '@llmfb/core/provider'
import { Ollama } from 'ollama/browser'
import { toBaseUrl } from './base-url.ts'
import type { Exchange } from './exchange.ts'
import { openExchange } from './exchange.ts'
import type { OllamaOptions } from './options.ts'
import type { Failure, FailureContext, ToError } from './to-provider-error.ts'
import { toProviderError } from './to-provider-error.ts'
import { createPool, secretsOfHeaders, untilAborted, worthHiding } from '@llmfb/transport'

/** What a call is made for. */
export interface Purpose {
  readonly model?: string
  /** @default false */
  readonly stream?: boolean
}

/** One call under way: a client of the SDK that makes this one request. */
export interface Call {
  readonly client: Ollama
  readonly exchange: Exchange
  readonly toError: (failure: Failure) => Error
  /** What to throw for what the SDK or the reading of its answer threw. */
  readonly toThrown: (error: unknown) => unknown
}

/** Makes calls of one server. */
export interface Connection {
  /** Begins a call; `exchange.close` ends it. Rejects with the signal's reason where that has aborted. */
  open(options: CallOptions, purpose: Purpose): Promise<Call>
  /** A call from begin to end. */
  run<T>(options: CallOptions, purpose: Purpose, use: (call: Call) => Promise<T>): Promise<T>
  /** Closes the connections that are its own. */
  dispose(): Promise<void>
}

/** As in the other providers. The router's clocks are tighter; a cold model takes minutes to load. */
const defaultTimeoutMs = 600_000

/** @throws InvalidConfigError */
function readHeaders(headers: OllamaOptions['headers']): Headers {
  try {
    return new Headers(headers)
  } catch {
    // The platform's error shows the value, which may be a key.
    throw new InvalidConfigError([{ path: 'ollama.headers', problem: 'must hold names and values that HTTP allows' }])
  }
}

/** @throws InvalidConfigError where the address or the headers are none */
export function createConnection(options: OllamaOptions, context: ProviderContext): Connection {
  const {
    url,
    authorization,
    secrets: addressSecrets,
  } = toBaseUrl(options.baseURL ?? context.credentials['OLLAMA_HOST'])
  const keys = createKeyPool(options.apiKey ?? context.credentials['OLLAMA_API_KEY'])
  const secretHeaders = readHeaders(options.headers)
  const pool = options.fetch ? undefined : createPool()
  const fetch = options.fetch ?? pool?.fetch ?? globalThis.fetch
  const secrets = [...secretsOfHeaders(options.headers ?? {}), ...addressSecrets]
  const redactKeys = createKeyRedactor(keys, (known) => createRedactor([...worthHiding(known), ...secrets]))
  const readKey = createKeyReader(keys, redactKeys)

  function headersWith(key: string | undefined): Headers {
    const headers = new Headers()
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
    // As with all providers: what the address says of its caller goes before the key, and behind the caller's headers.
    if (authorization !== undefined) headers.set('authorization', authorization)
    secretHeaders.forEach((value, name) => headers.set(name, value))
    return headers
  }

  function contextOf(key: string | undefined, model: string | undefined): FailureContext {
    const base = { provider: context.id, redact: redactKeys(key), wallTime: () => context.clock.wallTime() }
    return model === undefined ? base : { ...base, model }
  }

  function keyFor(options: CallOptions, model: string | undefined): Promise<string | undefined> {
    const { signal = new AbortController().signal } = options
    return readKey({
      options,
      signal,
      useRedact: () => {}, // neither of the two errors quotes a key
      wait: (work) => untilAborted(work, signal),
      fail: (kind, _message, cause) =>
        toProviderError(
          kind === 'unknown' ? { type: 'no-key', cause } : { type: 'bad-key' },
          contextOf(undefined, model),
        ),
    })
  }

  async function open(callOptions: CallOptions, { model, stream = false }: Purpose): Promise<Call> {
    const { signal, clock = context.clock } = callOptions
    if (signal?.aborted) throw signal.reason
    const key = await keyFor(callOptions, model)
    if (signal?.aborted) throw signal.reason
    const failed = contextOf(key, model)
    const toError: ToError = (failure, answered) => toProviderError(failure, failed, answered)
    const exchange = openExchange({
      url,
      headers: headersWith(key),
      fetch,
      signal,
      clock,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      stream,
      toError,
    })
    return {
      // One client a call, since the SDK takes neither a signal nor a time limit with a request.
      client: new Ollama({ host: url, fetch: exchange.fetch }),
      exchange,
      toError: exchange.toError,
      toThrown(error) {
        if (signal?.aborted) return signal.reason
        return isLlmfbError(error) ? error : exchange.toError({ type: 'unknown', cause: error })
      },
    }
  }

  return {
    open,
    async run(callOptions, purpose, use) {
      const call = await open(callOptions, purpose)
      try {
        return await use(call)
      } catch (error) {
        throw call.toThrown(error)
      } finally {
        call.exchange.close()
      }
    },
    async dispose() {
      await pool?.dispose()
    },
  }
}
