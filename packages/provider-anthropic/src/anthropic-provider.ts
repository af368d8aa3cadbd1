import { capabilitiesOf, createRedactor } from '@llmfb/core'
import type { CallOptions, ChatRequest, ChatResponse, Provider, ProviderContext, ProviderOptions } from '@llmfb/core'
import type { StreamEvent } from '@llmfb/core'
import { createClients } from './clients.ts'
import { openExchange, type Exchange } from './exchange.ts'
import { fromAnthropicResponse, isMessage, type ResponseContext } from './from-anthropic-response.ts'
import { fromAnthropicStream } from './from-anthropic-stream.ts'
import { manifest } from './manifest.ts'
import { readEvents } from './read-events.ts'
import { toAnthropicRequest } from './to-anthropic-request.ts'

/** Wires the converters to the vendor's SDK. */
export function createAnthropicProvider(options: ProviderOptions, context: ProviderContext): Provider {
  const provider = context.id
  const apiKey = options.apiKey ?? context.credentials.ANTHROPIC_API_KEY
  const clientFor = createClients(options)
  const capabilities: Provider['capabilities'] = (model) => capabilitiesOf(manifest, model)

  function open(request: ChatRequest, call: CallOptions): Exchange {
    return openExchange({ provider, model: request.model, clock: call.clock ?? context.clock }, call.signal)
  }

  /** A key may be fetched anew for each call, so that what to redact is known only then. */
  async function readKey(exchange: Exchange): Promise<string> {
    exchange.useRedact(createRedactor(secretHeaders(options.headers)))
    const key = typeof apiKey === 'function' ? await exchange.wait(fetchKey(apiKey, exchange)) : apiKey
    if (!key) throw exchange.fail('authentication', 'there is no API key; set ANTHROPIC_API_KEY or pass apiKey')
    exchange.useRedact(createRedactor([key, ...secretHeaders(options.headers)]))
    return key
  }

  async function send(
    request: ChatRequest,
    exchange: Exchange,
    stream: boolean,
  ): Promise<{ response: Response; context: ResponseContext }> {
    const { body, warnings } = toAnthropicRequest(request, { provider, capabilities: capabilities(request.model) })
    const client = clientFor(await readKey(exchange))
    // Not `messages.create`, which writes to the console for models that are to be retired.
    const call = client.post('/v1/messages', { body: { ...body, stream }, stream, signal: exchange.signal })
    const response = await call.asResponse()
    exchange.answered(response)
    const requestId = response.headers.get('request-id')
    return { response, context: { provider, warnings, ...(requestId && { requestId }) } }
  }

  return {
    specificationVersion: 1,
    id: provider,
    capabilities,

    async chat(request, call = {}): Promise<ChatResponse> {
      const exchange = open(request, call)
      try {
        const { response, context: responseContext } = await send(request, exchange, false)
        const text = await exchange.read(response.text())
        const body = parse(text)
        if (!isMessage(body)) throw noAnswer(text, body, exchange)
        return fromAnthropicResponse(body, responseContext)
      } catch (error) {
        throw exchange.toError(error)
      } finally {
        exchange.close()
      }
    },

    async *stream(request, call = {}): AsyncGenerator<StreamEvent, void, undefined> {
      const exchange = open(request, call)
      try {
        const { response, context: responseContext } = await send(request, exchange, true)
        if (!response.body || isJson(response)) {
          const text = await exchange.read(response.text())
          throw noAnswer(text, parse(text), exchange)
        }
        yield* fromAnthropicStream(readEvents(response.body, exchange), responseContext, exchange)
      } catch (error) {
        throw exchange.toError(error)
      } finally {
        exchange.close()
      }
    },
  }
}

async function fetchKey(fetcher: () => string | Promise<string>, exchange: Exchange): Promise<string> {
  try {
    return await fetcher()
  } catch (error) {
    throw exchange.fail('authentication', 'the function that fetches the API key failed', error)
  }
}

/** Values that an error must not show, of headers whose names say so. */
function secretHeaders(headers: ProviderOptions['headers'] = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie/i.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, '')])
}

function isJson(response: Response): boolean {
  return /\bjson\b/i.test(response.headers.get('content-type') ?? '')
}

/** Undefined where `text` is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A 200 that is none: cut before its first byte, an error all the same, or something else altogether. */
function noAnswer(text: string, body: unknown, exchange: Exchange): Error {
  if (text === '') return exchange.fail('truncated', 'the answer is empty')
  if (typeof body === 'object' && body !== null && 'error' in body) return exchange.failReported(body)
  return exchange.fail('malformed', 'the answer is not a message')
}
