import { estimatingTokens } from '@llmfb/core/provider'
import type { CallOptions, Capabilities, Provider } from '@llmfb/core/provider'
import { remember } from '@llmfb/transport'
import type { Call, Connection } from './connection.ts'
import { readUsage } from './from-ollama-response.ts'
import type { OllamaOptions } from './options.ts'
import { toCapabilities } from './to-capabilities.ts'

/** Takes what was learned of a model. */
export type Learn = (model: string, learn: (declared: Capabilities) => Capabilities) => void

type ModelDescription = Awaited<ReturnType<NonNullable<Provider['models']>['list']>>[number]

type Facets = Required<Pick<Provider, 'embeddings' | 'models' | 'tokens' | 'health' | 'warmUp'>>

/** The SDK's types promise fields that an answer need not have. */
function fieldsOf(answer: object): Readonly<Record<string, unknown>> {
  return answer as Readonly<Record<string, unknown>>
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number')
}

function readModels(answer: object, { toError }: Call): ModelDescription[] {
  const { models } = fieldsOf(answer)
  if (!Array.isArray(models)) throw toError({ type: 'malformed', problem: 'holds no list of models' })
  return models
    .map((model: { readonly model?: unknown; readonly name?: unknown } | null) => model?.model ?? model?.name)
    .filter((id) => typeof id === 'string')
    .map((id) => ({ id }))
}

/** What Ollama can do beside chatting. */
export function createFacets(connection: Connection, id: string, options: OllamaOptions, learn: Learn): Facets {
  const keepAlive = options.keepAlive === undefined ? undefined : { keep_alive: options.keepAlive }
  const runtime = options.contextWindow === undefined ? undefined : { options: { num_ctx: options.contextWindow } }
  const listModels = remember((callOptions: CallOptions): Promise<readonly ModelDescription[]> => {
    return connection.run(callOptions, {}, async (call) => readModels(await call.client.list(), call))
  })

  return {
    embeddings: {
      embed: ({ model, inputs, dimensions }, callOptions = {}) =>
        connection.run(callOptions, { model }, async ({ client, exchange, toError }) => {
          const answer = await client.embed({
            model,
            input: [...inputs],
            // An input that is too long is an error; the service's default is to cut it without a word.
            truncate: false,
            ...(dimensions === undefined ? undefined : { dimensions }),
            ...keepAlive,
            ...runtime,
          })
          const { embeddings, model: served } = fieldsOf(answer)
          if (!Array.isArray(embeddings) || !embeddings.every(isVector)) {
            throw toError({ type: 'malformed', problem: 'holds no vectors' })
          }
          if (embeddings.length !== inputs.length) {
            throw toError({
              type: 'malformed',
              problem: `holds ${embeddings.length} vectors for ${inputs.length} inputs`,
            })
          }
          const usage = readUsage(fieldsOf(answer))
          const requestId = exchange.requestId()
          return {
            embeddings,
            model: typeof served === 'string' ? served : model,
            provider: id,
            ...(usage === undefined ? undefined : { usage }),
            ...(requestId === undefined ? undefined : { requestId }),
          }
        }),
    },
    models: {
      list: (callOptions = {}) => listModels(callOptions),
    },
    tokens: estimatingTokens(),
    health: {
      cost: 'free',
      probe: (callOptions = {}) =>
        connection.run(callOptions, {}, async ({ client, toError }) => {
          const { version } = fieldsOf(await client.version())
          if (typeof version !== 'string') throw toError({ type: 'malformed', problem: 'holds no version' })
        }),
    },
    warmUp: {
      async warmUp(model, callOptions = {}) {
        await connection.run(callOptions, { model }, ({ client }) =>
          // No messages: the model is loaded, with the same context as later calls, or those would load it again.
          client.chat({ model, messages: [], stream: false, ...keepAlive, ...runtime }),
        )
        try {
          const shown = await connection.run(callOptions, { model }, ({ client }) => client.show({ model }))
          const { capabilities: words } = fieldsOf(shown)
          if (Array.isArray(words)) learn(model, (declared) => toCapabilities(words, declared))
        } catch {
          if (callOptions.signal?.aborted) throw callOptions.signal.reason
          // The model is loaded, which was the task; older servers and stand-ins do not describe it.
        }
      },
    },
  }
}
