import type { HttpOptions } from '@google/genai/web'
import { createKeyPool, createKeyReader, createKeyRedactor, createRedactor } from '@llmfb/core/provider'
import { createPool, obedientFetch, readText, secretsOfHeaders, worthHiding } from '@llmfb/transport'
import type { CallOptions, ProviderContext, ProviderOptions } from '@llmfb/core/provider'
import { toBaseUrl } from './base-url.ts'
import { createClients, type Models } from './clients.ts'
import { openExchange, type Exchange } from './exchange.ts'
import { errorIn } from './wire.ts'

/** Makes one request with the SDK; the options have to go into it. */
export type Message = (models: Models, httpOptions: HttpOptions) => Promise<unknown>

/** Calls to the service through the vendor's SDK, with the key they need. */
export interface Calls {
  /** Runs `work`, and makes of what it throws what the contract wants. */
  run<T>(call: CallOptions, model: string | undefined, work: (exchange: Exchange) => Promise<T>): Promise<T>
  open(call: CallOptions, model: string | undefined): Exchange
  /** Resolves when the headers of a 2xx are there. */
  send(exchange: Exchange, message: Message): Promise<Response>
  /** The body that the SDK makes of `message`, which is not sent. */
  write(exchange: Exchange, message: Message): Promise<unknown>
  /** The JSON that a 200 holds. @throws ProviderError when it is cut, no JSON, or an error all the same */
  readJson(exchange: Exchange, response: Response): Promise<unknown>
  /** Closes the connections that are its own. */
  dispose(): Promise<void>
}

/** Longest wait for the headers of an answer: 10 minutes, as in the other providers. */
const defaultTimeoutMs = 600_000

/** Headers whose values anybody may see. */
const harmless = /^x-goog-api-client$/i

export function createCalls(options: ProviderOptions, context: ProviderContext): Calls {
  const { GOOGLE_API_KEY, GEMINI_API_KEY } = context.credentials
  const keys = createKeyPool(options.apiKey ?? (GOOGLE_API_KEY || GEMINI_API_KEY))
  const {
    url,
    authorization,
    secrets: addressSecrets,
  } = toBaseUrl(options.baseURL ?? context.credentials.GOOGLE_GEMINI_BASE_URL)
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const pool = options.fetch ? undefined : createPool()
  const ownFetch = obedientFetch(options.fetch ?? pool?.fetch ?? globalThis.fetch)
  const clientFor = createClients(url)
  const writerFor = createClients(url)
  const secrets = [...secretsOfHeaders(options.headers ?? {}, harmless), ...addressSecrets]
  const redactKeys = createKeyRedactor(keys, (known) => createRedactor([...worthHiding(known), ...secrets]))
  const readKey = createKeyReader(keys, redactKeys, 'GEMINI_API_KEY')

  function withOwnHeaders(headers: RequestInit['headers']): Headers {
    const all = new Headers(headers)
    if (authorization !== undefined) all.set('authorization', authorization)
    for (const [name, value] of Object.entries(options.headers ?? {})) all.set(name, value)
    return all
  }

  const calls: Calls = {
    open(call, model) {
      const clock = call.clock ?? context.clock
      const own = { provider: context.id, clock, options: call, ...(model !== undefined && { model }) }
      return openExchange(own, call.signal)
    },

    async run(call, model, work) {
      const exchange = calls.open(call, model)
      try {
        return await work(exchange)
      } catch (error) {
        throw exchange.toError(error)
      } finally {
        exchange.close()
      }
    },

    // The SDK writes the request, and is told that all is well: what it says of an answer has no headers, cannot tell its
    // own timeout from an abort, and takes a stream that was cut for a whole one.
    async send(exchange, message) {
      const models = clientFor(await readKey(exchange))
      let answer: Response | undefined
      let failed: { readonly error: unknown } | undefined
      async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
        try {
          const headers = withOwnHeaders(init?.headers)
          answer = await exchange.reach((signal) => ownFetch(input, { ...init, headers, signal }), timeoutMs)
        } catch (error) {
          failed = { error }
          throw error
        }
        return new Response('{}')
      }
      await message(models, { fetch }).catch((error: unknown) => {
        if (failed) throw failed.error
        if (!answer) throw refused(exchange, error)
      })
      if (!answer) throw exchange.fail('unknown', 'the SDK sent nothing')
      return answer
    },

    async write(exchange, message) {
      let body: unknown
      async function fetch(_input: string | URL | Request, init?: RequestInit): Promise<Response> {
        body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
        return new Response('{}')
      }
      await message(writerFor('none'), { fetch }).catch((error: unknown) => {
        if (body === undefined) throw refused(exchange, error)
      })
      return body
    },

    async readJson(exchange, response) {
      const text = await exchange.read(readText(response, exchange.signal))
      if (text.trim() === '') throw exchange.fail('malformed', 'the answer is empty')
      let body: unknown
      try {
        body = JSON.parse(text)
      } catch {
        // The parser's own message quotes the answer.
        throw exchange.fail('malformed', 'the answer is not JSON')
      }
      if (errorIn(body) !== undefined) throw exchange.failReported(body)
      return body
    },

    async dispose() {
      await pool?.dispose()
    },
  }
  return calls
}

/** What the SDK does not send is wrong with the request. */
function refused(exchange: Exchange, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : typeof cause
  return exchange.fail('invalid-request', `the SDK refused the request: ${reason}`, cause)
}
