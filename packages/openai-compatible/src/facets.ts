import { isProviderError } from '@llmfb/core/provider'
import type { ChatRequest, EmbeddingsFacet, HealthFacet, ModelsFacet, TokensFacet } from '@llmfb/core/provider'
import { remember } from '@llmfb/transport'
import type { AskService } from './service-calls.ts'
import { readVectors } from './read-vectors.ts'
import { isRecord, readText } from './wire.ts'

type ModelDescription = Awaited<ReturnType<ModelsFacet['list']>>[number]

/**
 * Vectors by `/embeddings`.
 *
 * @param encoding how vectors come: `base64` of 32-bit floats is a third of the size of `float`, and OpenAI's own
 * @param toPath where a model makes them
 */
export function createEmbeddings(
  provider: string,
  ask: AskService,
  encoding: 'base64' | 'float',
  toPath: (model: string) => string = () => '/embeddings',
): EmbeddingsFacet {
  return {
    async embed({ model, inputs, dimensions }, call) {
      const body = { model, input: inputs, encoding_format: encoding, ...(dimensions !== undefined && { dimensions }) }
      const answer = await ask({ path: toPath(model), body, model }, call)
      const { data, usage, model: served } = answer.body
      const embeddings = readVectors(data, inputs.length)
      if (!embeddings) throw answer.malformed('has not one vector for each text')
      const tokens = isRecord(usage) ? usage['prompt_tokens'] : undefined
      return {
        embeddings,
        model: readText(served) ?? model,
        provider,
        ...(typeof tokens === 'number' && {
          usage: {
            uncachedInputTokens: tokens,
            cacheReadTokens: 0,
            cacheWriteTokens: 0,
            outputTextTokens: 0,
            reasoningTokens: 0,
          },
        }),
        ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
      }
    },
  }
}

/**
 * The models of `/models`, remembered until they are asked for anew, and a probe that asks for the same.
 *
 * @param paths lists that are asked for instead, one after the other; the probe asks for the first. Of the others, those
 * that answer 403 or 404 are passed over.
 */
export function createModels(
  ask: AskService,
  [first = '/models', ...others]: readonly string[] = [],
): { readonly models: ModelsFacet; readonly health: HealthFacet } {
  async function fetchList(path: string, call: Parameters<AskService>[1]): Promise<readonly ModelDescription[]> {
    const answer = await ask({ path }, call)
    const { data } = answer.body
    if (!Array.isArray(data)) throw answer.malformed('is not a list of models')
    return data.flatMap((entry: unknown) => {
      const model = isRecord(entry) ? toDescription(entry) : undefined
      return model === undefined ? [] : [model]
    })
  }

  /** What stands in a list beside the first: a service may have none such, or none for this key. */
  async function fetchOther(path: string, call: Parameters<AskService>[1]): Promise<readonly ModelDescription[]> {
    try {
      return await fetchList(path, call)
    } catch (error) {
      if (!isProviderError(error) || (error.kind !== 'permission' && error.status !== 404)) throw error
      return []
    }
  }

  /** Each once, although lists may share some. */
  async function fetchAll(call: Parameters<AskService>[1]): Promise<readonly ModelDescription[]> {
    const all = new Map<string, ModelDescription>()
    const lists = [await fetchList(first, call)]
    for (const path of others) lists.push(await fetchOther(path, call))
    for (const model of lists.flat()) if (!all.has(model.id)) all.set(model.id, model)
    return [...all.values()]
  }

  const list = remember(fetchAll)

  return {
    models: {
      list: (call = {}) => list(call),
    },
    health: {
      cost: 'free',
      async probe(call) {
        await fetchList(first, call)
      },
    },
  }
}

/** OpenAI tells of an id alone; xAI and OpenRouter have `context_length`, DIAL has `limits`. */
function toDescription(entry: Readonly<Record<string, unknown>>): ModelDescription | undefined {
  const { context_length: length, limits, top_provider: provider } = entry
  const id = readText(entry['id'])
  const told = isRecord(limits) ? limits : {}
  const contextWindow = readCount(length) ?? readCount(told['max_total_tokens'])
  const most = isRecord(provider) ? provider['max_completion_tokens'] : told['max_completion_tokens']
  const maxOutputTokens = readCount(most)
  if (id === undefined) return undefined
  return {
    id,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}

/** What a count depends on; the endpoint knows no other fields. */
const countedFields = [
  'model',
  'input',
  'instructions',
  'previous_response_id',
  'conversation',
  'truncation',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
] as const

/**
 * Exact counts by `/responses/input_tokens`.
 *
 * @param toBody makes what would be asked under the Responses API
 */
export function createTokenCounter(ask: AskService, toBody: (request: ChatRequest) => object): TokensFacet['count'] {
  return async (request, call) => {
    const whole = toBody(request) as Readonly<Record<string, unknown>>
    const body = Object.fromEntries(countedFields.flatMap((field) => (field in whole ? [[field, whole[field]]] : [])))
    const answer = await ask({ path: '/responses/input_tokens', body, model: request.model }, call)
    const tokens = answer.body['input_tokens']
    if (typeof tokens !== 'number') throw answer.malformed('is not a count')
    return { tokens, method: 'exact' }
  }
}
