import { capabilitiesOf } from '@llmfb/core/provider'
import type {
  ChatRequest,
  ChatResponse,
  Provider,
  ProviderContext,
  ProviderOptions,
  StreamEvent,
} from '@llmfb/core/provider'
import { bodyReaderOf } from '@llmfb/transport'
import { createCalls } from './calls.ts'
import type { Exchange } from './exchange.ts'
import { createFacets } from './facets.ts'
import { fromGoogleResponse } from './from-google-response.ts'
import { fromGoogleStream } from './from-google-stream.ts'
import { isAnswer } from './has-its-fields.ts'
import { manifest } from './manifest.ts'
import type { ResponseContext } from './read-answer.ts'
import { readEvents } from './read-events.ts'
import { toGoogleRequest, type RequestContext } from './to-google-request.ts'
import { toStreamEvents } from './to-stream-events.ts'
import { toolCallIds } from './tool-call-ids.ts'

/** A provider that holds connections. */
export interface DisposableProvider extends Provider {
  /** Ends calls under way and closes the connections, unless they are those of a `fetch` that was given. */
  dispose(): Promise<void>
}

/** Wires the converters to the vendor's SDK. */
export function createGoogleProvider(options: ProviderOptions, context: ProviderContext): DisposableProvider {
  const provider = context.id
  const calls = createCalls(options, context)
  const capabilities: Provider['capabilities'] = (model) => capabilitiesOf(manifest, model)
  const contextFor = (model: string): RequestContext => ({ provider, capabilities: capabilities(model) })

  async function ask(
    request: ChatRequest,
    exchange: Exchange,
    method: 'generateContent' | 'generateContentStream',
  ): Promise<{ response: Response; answer: ResponseContext }> {
    const { parameters, extraBody, warnings } = toGoogleRequest(request, contextFor(request.model))
    const { model } = request
    const response = await calls.send(exchange, (models, http) => {
      const httpOptions = { ...http, ...(extraBody && { extraBody }) }
      return models[method]({ ...parameters, config: { ...parameters.config, httpOptions } })
    })
    return { response, answer: { provider, model, warnings, callIds: toolCallIds(request) } }
  }

  async function readWhole(response: Response, answer: ResponseContext, exchange: Exchange): Promise<ChatResponse> {
    const body = await calls.readJson(exchange, response)
    if (!isAnswer(body)) throw exchange.fail('malformed', 'the answer has not the shape of one')
    return fromGoogleResponse(body, answer, exchange)
  }

  return {
    specificationVersion: 1,
    id: provider,
    capabilities,

    async chat(request, call = {}) {
      return await calls.run(call, request.model, async (exchange) => {
        const { response, answer } = await ask(request, exchange, 'generateContent')
        return await readWhole(response, answer, exchange)
      })
    },

    async *stream(request, call = {}): AsyncGenerator<StreamEvent, void, undefined> {
      const exchange = calls.open(call, request.model)
      try {
        const { response, answer } = await ask(request, exchange, 'generateContentStream')
        const body = isJson(response) ? undefined : bodyReaderOf(response)
        if (body === undefined) {
          yield* toStreamEvents(await readWhole(response, answer, exchange))
          return
        }
        const events = readEvents(body, exchange, call.clock ?? context.clock)
        yield* fromGoogleStream(events, answer, exchange, () => events.complete())
      } catch (error) {
        throw exchange.toError(error)
      } finally {
        exchange.close()
      }
    },

    ...createFacets(calls, contextFor, provider),
    dispose: () => calls.dispose(),
  }
}

function isJson(response: Response): boolean {
  return /\bjson\b/i.test(response.headers.get('content-type') ?? '')
}
