import { createKeyPool, createKeyReader, createKeyRedactor, createRedactor } from '@llmfb/core/provider'
import { createPool, readText, secretsOfHeaders, worthHiding } from '@llmfb/transport'
import type { CallOptions, ProviderContext, ProviderOptions } from '@llmfb/core/provider'
import { toBaseUrl } from './base-url.ts'
import { createClients } from './clients.ts'
import { openExchange, type Exchange } from './exchange.ts'
import { isError } from './wire.ts'

/** What is sent in one call. */
export interface Outgoing {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: object
  readonly stream?: boolean
}

/** Calls to the service through the vendor's SDK, with the key they need. */
export interface Calls {
  /** Runs `work`, and makes of what it throws what the contract wants. */
  run<T>(call: CallOptions, model: string | undefined, work: (exchange: Exchange) => Promise<T>): Promise<T>
  open(call: CallOptions, model: string | undefined): Exchange
  /** Resolves when the headers of a 2xx are there. */
  send(exchange: Exchange, message: Outgoing): Promise<Response>
  /** The JSON that a 200 holds. @throws ProviderError when it is cut, no JSON, or an error all the same */
  readJson(exchange: Exchange, response: Response): Promise<unknown>
  /** Closes the connections that are its own. */
  dispose(): Promise<void>
}

/** Headers whose values anybody may see. */
const harmless = /^anthropic-(?:beta|version)$/i

export function createCalls(options: ProviderOptions, context: ProviderContext): Calls {
  const keys = createKeyPool(options.apiKey ?? context.credentials.ANTHROPIC_API_KEY)
  const baseUrl = toBaseUrl(options.baseURL ?? context.credentials.ANTHROPIC_BASE_URL)
  const pool = options.fetch ? undefined : createPool()
  const clientFor = createClients({ ...options, fetch: options.fetch ?? pool?.fetch ?? globalThis.fetch }, baseUrl)
  const secrets = [...secretsOfHeaders(options.headers ?? {}, harmless), ...baseUrl.secrets]
  const redactKeys = createKeyRedactor(keys, (known) => createRedactor([...worthHiding(known), ...secrets]))
  const readKey = createKeyReader(keys, redactKeys, 'ANTHROPIC_API_KEY')

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

    async send(exchange, message) {
      const client = clientFor(await readKey(exchange))
      // Not `messages.create`, which writes to the console for models that are to be retired.
      const response = await client.request({ ...message, signal: exchange.signal }).asResponse()
      exchange.answered(response)
      return response
    },

    async readJson(exchange, response) {
      const text = await exchange.read(readText(response, exchange.signal))
      if (text === '') throw exchange.fail('malformed', 'the answer is empty')
      let body: unknown
      try {
        body = JSON.parse(text)
      } catch {
        // The parser's own message quotes the answer.
        throw exchange.fail('malformed', 'the answer is not JSON')
      }
      if (isError(body)) throw exchange.failReported(body)
      return body
    },

    async dispose() {
      await pool?.dispose()
    },
  }
  return calls
}
