import { createRedactor } from '@llmfb/core/provider'
import type { CallOptions, ProviderContext, ProviderOptions } from '@llmfb/core/provider'
import { createClients } from './clients.ts'
import { openExchange, type Exchange } from './exchange.ts'

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
}

export function createCalls(options: ProviderOptions, context: ProviderContext): Calls {
  const apiKey = options.apiKey ?? context.credentials.ANTHROPIC_API_KEY
  const clientFor = createClients(options)
  const headerSecrets = secretsOf(options.headers)

  /** A key may be fetched anew for each call, so that what to redact is known only then. */
  async function readKey(exchange: Exchange): Promise<string> {
    exchange.useRedact(createRedactor(headerSecrets))
    const key = typeof apiKey === 'function' ? await exchange.wait(fetchKey(apiKey, exchange)) : apiKey
    if (!key) throw exchange.fail('authentication', 'there is no API key; set ANTHROPIC_API_KEY or pass apiKey')
    exchange.useRedact(createRedactor([key, ...headerSecrets]))
    return key
  }

  const calls: Calls = {
    open(call, model) {
      const clock = call.clock ?? context.clock
      return openExchange({ provider: context.id, clock, ...(model !== undefined && { model }) }, call.signal)
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
      const text = await exchange.read(response.text())
      if (text === '') throw exchange.fail('truncated', 'the answer is empty')
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
  }
  return calls
}

function isError(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false
  return typeof body.error === 'object' && body.error !== null
}

async function fetchKey(fetcher: () => string | Promise<string>, exchange: Exchange): Promise<string> {
  try {
    return await fetcher()
  } catch (error) {
    throw exchange.fail('authentication', 'the function that fetches the API key failed', error)
  }
}

/** Values that an error must not show, of headers whose names say so. */
function secretsOf(headers: ProviderOptions['headers'] = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie/i.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, '')])
}
