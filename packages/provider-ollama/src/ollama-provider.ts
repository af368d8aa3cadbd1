import type { CallOptions, Capabilities, ChatRequest, Provider, ProviderContext } from '@llmfb/core/provider'
import { capabilitiesOf } from '@llmfb/core/provider'
import type { ChatRequest as SdkRequest } from 'ollama/browser'
import type { Call } from './connection.ts'
import { createConnection } from './connection.ts'
import { createFacets } from './facets.ts'
import type { AnswerContext } from './from-ollama-response.ts'
import { fromOllamaResponse, toolCallIds } from './from-ollama-response.ts'
import { fromOllamaStream } from './from-ollama-stream.ts'
import { manifest } from './manifest.ts'
import type { OllamaOptions } from './options.ts'
import type { Converted } from './to-ollama-request.ts'
import { toOllamaRequest } from './to-ollama-request.ts'

/** Most models whose own description is kept; the longest known goes first. */
const mostLearned = 1000

/** A provider that holds connections. */
export interface DisposableProvider extends Provider {
  /** Ends calls under way and closes the connections, unless they are those of a `fetch` that was given. */
  dispose(): Promise<void>
}

/** The provider behind `ollama()`; importing this file loads the SDK. */
export function createOllamaProvider(options: OllamaOptions, context: ProviderContext): DisposableProvider {
  const connection = createConnection(options, context)
  const { id } = context
  const window = options.contextWindow === undefined ? undefined : { contextWindow: options.contextWindow }
  /** What the server itself said of models that were warmed up. */
  const learned = new Map<string, Capabilities>()

  function capabilities(model: string): Capabilities {
    return learned.get(model) ?? { ...capabilitiesOf(manifest, model), ...window }
  }

  function answerOf(request: ChatRequest, { warnings }: Converted, { exchange, toError }: Call): AnswerContext {
    const requestId = exchange.requestId()
    return {
      provider: id,
      model: request.model,
      warnings,
      ...(requestId === undefined ? undefined : { requestId }),
      callIds: toolCallIds(request),
      toError,
    }
  }

  /** The SDK's types know no `max` and only some of JSON Schema; it sends what it is given. */
  const toSdk = ({ body }: Converted): SdkRequest => body as SdkRequest

  async function* stream(request: ChatRequest, callOptions: CallOptions = {}): ReturnType<typeof fromOllamaStream> {
    const { signal } = callOptions
    if (signal?.aborted) throw signal.reason
    const converted = toOllamaRequest(request, id, capabilities(request.model), options)
    const call = await connection.open(callOptions, { model: request.model, stream: true })
    try {
      await call.client.chat({ ...toSdk(converted), stream: true })
      for await (const event of fromOllamaStream(call.exchange.lines(), answerOf(request, converted, call))) {
        if (signal?.aborted) throw signal.reason
        yield event
      }
    } catch (error) {
      throw call.toThrown(error)
    } finally {
      call.exchange.close()
    }
  }

  return {
    specificationVersion: 1,
    id,
    capabilities,
    async chat(request, callOptions = {}) {
      if (callOptions.signal?.aborted) throw callOptions.signal.reason
      const converted = toOllamaRequest(request, id, capabilities(request.model), options)
      return connection.run(callOptions, { model: request.model }, async (call) => {
        const response = await call.client.chat({ ...toSdk(converted), stream: false })
        return fromOllamaResponse(response, answerOf(request, converted, call))
      })
    },
    stream,
    dispose: () => connection.dispose(),
    ...createFacets(connection, id, options, (model, learn) => {
      const known = learn(capabilities(model))
      learned.delete(model)
      learned.set(model, known)
      const [oldest] = learned.keys()
      if (learned.size > mostLearned && oldest !== undefined) learned.delete(oldest)
    }),
  }
}
