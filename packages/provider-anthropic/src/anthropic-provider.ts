import { capabilitiesOf, toStreamEvents } from '@llmfb/core/provider'
import type { ChatRequest, ChatResponse, Clock, Provider, ProviderContext, ProviderOptions } from '@llmfb/core/provider'
import { bodyReaderOf } from '@llmfb/transport'
import { createCalls } from './calls.ts'
import type { Exchange } from './exchange.ts'
import { createFacets } from './facets.ts'
import { fromAnthropicResponse, isMessage, type ResponseContext } from './from-anthropic-response.ts'
import { fromAnthropicStream } from './from-anthropic-stream.ts'
import { openStream } from './open-stream.ts'
import { manifest } from './manifest.ts'
import { readRateLimits } from './rate-limits.ts'
import { readEvents } from './read-events.ts'
import { toAnthropicRequest, type RequestContext } from './to-anthropic-request.ts'

/** A provider that holds connections. */
export interface DisposableProvider extends Provider {
  /** Ends calls under way and closes the connections, unless they are those of a `fetch` that was given. */
  dispose(): Promise<void>
}

/** Wires the converters to the vendor's SDK. */
export function createAnthropicProvider(options: ProviderOptions, context: ProviderContext): DisposableProvider {
  const provider = context.id
  const calls = createCalls(options, context)
  const capabilities: Provider['capabilities'] = (model) => capabilitiesOf(manifest, model)
  const contextFor = (model: string): RequestContext => ({ provider, capabilities: capabilities(model) })

  async function ask(
    request: ChatRequest,
    exchange: Exchange,
    stream: boolean,
    clock: Clock,
  ): Promise<{ response: Response; responseContext: ResponseContext }> {
    const { body, warnings } = toAnthropicRequest(request, contextFor(request.model))
    const message = { method: 'post', path: '/v1/messages', body: { ...body, stream }, stream } as const
    const response = await calls.send(exchange, message)
    const requestId = response.headers.get('request-id')
    const rateLimits = readRateLimits(response.headers, clock.wallTime())
    return { response, responseContext: { provider, warnings, rateLimits, ...(requestId && { requestId }) } }
  }

  async function readWhole(response: Response, answer: ResponseContext, exchange: Exchange): Promise<ChatResponse> {
    const body = await calls.readJson(exchange, response)
    if (!isMessage(body)) throw exchange.fail('malformed', 'the answer is not a message')
    return fromAnthropicResponse(body, answer)
  }

  return {
    specificationVersion: 1,
    id: provider,
    capabilities,

    async chat(request, call = {}) {
      return await calls.run(call, request.model, async (exchange) => {
        const { response, responseContext } = await ask(request, exchange, false, call.clock ?? context.clock)
        return await readWhole(response, responseContext, exchange)
      })
    },

    stream: (request, call = {}) =>
      openStream({
        exchange: () => calls.open(call, request.model),
        async events(exchange) {
          const clock = call.clock ?? context.clock
          const { response, responseContext } = await ask(request, exchange, true, clock)
          const body = isJson(response) ? undefined : bodyReaderOf(response)
          if (body) return fromAnthropicStream(readEvents(body, exchange.signal, clock), responseContext, exchange)
          const whole = await readWhole(response, responseContext, exchange)
          exchange.close()
          return toStreamEvents(whole)
        },
      }),

    ...createFacets(calls, contextFor),
    dispose: () => calls.dispose(),
  }
}

function isJson(response: Response): boolean {
  return /\bjson\b/i.test(response.headers.get('content-type') ?? '')
}
