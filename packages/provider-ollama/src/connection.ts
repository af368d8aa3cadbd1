import type { CallOptions, ProviderContext } from '@llmfb/core/provider'
import { createRedactor, isLlmfbError } from '@llmfb/core/provider'
import { Ollama } from 'ollama/browser'
import { toBaseUrl } from './base-url.ts'
import type { Exchange } from './exchange.ts'
import { openExchange } from './exchange.ts'
import type { OllamaOptions } from './options.ts'
import type { Failure } from './to-provider-error.ts'
import { toProviderError } from './to-provider-error.ts'
import { untilAborted } from './until-aborted.ts'

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
}

/** As in the other providers. The router's clocks are tighter; a cold model takes minutes to load. */
const defaultTimeoutMs = 600_000

/** @throws LlmfbError with code `invalid-config` where the address is none */
export function createConnection(options: OllamaOptions, context: ProviderContext): Connection {
  const { url, authorization } = toBaseUrl(options.baseURL ?? context.credentials['OLLAMA_HOST'])
  const apiKey = options.apiKey ?? context.credentials['OLLAMA_API_KEY']
  const secretHeaders = new Headers(options.headers)

  function headersWith(key: string | undefined): Headers {
    const headers = new Headers()
    if (key) headers.set('authorization', `Bearer ${key}`)
    else if (authorization) headers.set('authorization', authorization)
    secretHeaders.forEach((value, name) => headers.set(name, value))
    return headers
  }

  function failures(key: string | undefined, model: string | undefined): (failure: Failure) => Error {
    const secrets = [key, authorization, ...secretHeaders.values()].filter((secret) => secret !== undefined)
    // A short value is no secret, and taking it out would garble messages.
    const redact = createRedactor(secrets.filter((secret) => secret.length >= 6))
    const base = { provider: context.id, redact, wallTime: () => context.clock.wallTime() }
    return (failure) => toProviderError(failure, model === undefined ? base : { ...base, model })
  }

  async function keyFor({ signal }: CallOptions, model: string | undefined): Promise<string | undefined> {
    if (typeof apiKey !== 'function') return apiKey
    try {
      const fetched = Promise.resolve(apiKey())
      return await (signal ? untilAborted(signal, fetched) : fetched)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw failures(undefined, model)({ type: 'no-key', cause: error })
    }
  }

  async function open(callOptions: CallOptions, { model, stream = false }: Purpose): Promise<Call> {
    const { signal, clock = context.clock } = callOptions
    if (signal?.aborted) throw signal.reason
    const key = await keyFor(callOptions, model)
    if (signal?.aborted) throw signal.reason
    const toError = failures(key, model)
    const exchange = openExchange({
      url,
      headers: headersWith(key),
      fetch: options.fetch ?? globalThis.fetch,
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
      toError,
      toThrown(error) {
        if (signal?.aborted) return signal.reason
        return isLlmfbError(error) ? error : toError({ type: 'unknown', cause: error })
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
  }
}
