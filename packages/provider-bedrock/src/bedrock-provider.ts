import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { capabilitiesOf } from '@llmfb/core/provider'
import type { ChatRequest, Provider, ProviderContext, StreamEvent } from '@llmfb/core/provider'
import { createCalls } from './calls.ts'
import { createEmbeddings } from './embeddings.ts'
import { createFacets } from './facets.ts'
import { fromBedrockResponse, isConverseResponse, type ResponseContext } from './from-bedrock-response.ts'
import { fromBedrockStream } from './from-bedrock-stream.ts'
import { manifest } from './manifest.ts'
import { createModels } from './model-list.ts'
import type { BedrockOptions } from './options.ts'
import { readEvents } from './read-events.ts'
import { addFields } from './take-answer.ts'
import { toBedrockRequest, type BedrockRequest, type RequestContext } from './to-bedrock-request.ts'

/** Wires the converters to the vendor's SDK. */
export function createBedrockProvider(options: BedrockOptions, context: ProviderContext): Provider {
  const provider = context.id
  const calls = createCalls(options, context)
  const capabilities: Provider['capabilities'] = (model) => capabilitiesOf(manifest, model)
  const contextFor = (model: string): RequestContext => ({ provider, capabilities: capabilities(model) })

  function responseContext(
    { model }: ChatRequest,
    { warnings }: BedrockRequest,
    requestId: string | undefined,
  ): ResponseContext {
    return { issuer: { provider, model }, warnings, ...(requestId !== undefined && { requestId }) }
  }

  return {
    specificationVersion: 1,
    id: provider,
    capabilities,

    async chat(request, call = {}) {
      return await calls.run(call, request.model, async (exchange) => {
        const asked = toBedrockRequest(request, contextFor(request.model))
        const command = new ConverseCommand(asked.input)
        addFields(command, asked.more)
        const output = await calls.send(exchange, command)
        if (!isConverseResponse(output)) throw exchange.failAnswer('the answer is not a message')
        return fromBedrockResponse(output, responseContext(request, asked, output.$metadata.requestId))
      })
    },

    async *stream(request, call = {}): AsyncGenerator<StreamEvent, void, undefined> {
      const exchange = calls.open(call, request.model)
      try {
        const asked = toBedrockRequest(request, contextFor(request.model))
        const command = new ConverseStreamCommand(asked.input)
        addFields(command, asked.more)
        const { pieces, requestId } = await calls.sendForStream(exchange, command)
        const events = readEvents(pieces, exchange, call.clock ?? context.clock)
        yield* fromBedrockStream(events, responseContext(request, asked, requestId), exchange)
      } catch (error) {
        const thrown = exchange.toError(error)
        exchange.abort()
        throw thrown
      } finally {
        exchange.close()
      }
    },

    embeddings: createEmbeddings(calls, provider),
    models: createModels(calls),
    ...createFacets(calls, contextFor),
    dispose: () => calls.dispose(),
  }
}
