import { Buffer } from 'node:buffer'
import type { ChatRequest, EmbeddingsFacet, HealthFacet, ModelsFacet, TokensFacet } from '@llmfb/core/provider'
import type { AskService, ServiceAnswer } from './service-calls.ts'
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
      const { usage, model: served } = answer.body
      const tokens = isRecord(usage) ? usage['prompt_tokens'] : undefined
      return {
        embeddings: readVectors(answer, inputs.length),
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

/** By their index: the order of the list is not promised. */
function readVectors(answer: ServiceAnswer, count: number): (readonly number[])[] {
  const { data } = answer.body
  const vectors: (readonly number[] | undefined)[] = Array.from({ length: count })
  for (const [position, entry] of (Array.isArray(data) ? data : []).entries()) {
    if (!isRecord(entry)) continue
    const { index = position, embedding } = entry
    vectors[Number(index)] = readVector(embedding)
  }
  const read = vectors.filter((vector) => vector !== undefined)
  if (read.length !== count || vectors.length !== count) throw answer.malformed('has not one vector for each text')
  return read
}

function readVector(value: unknown): readonly number[] | undefined {
  if (Array.isArray(value))
    return value.length > 0 && value.every((entry) => typeof entry === 'number') ? value : undefined
  if (typeof value !== 'string' || value === '') return undefined
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index))
}

/**
 * The models of `/models`, remembered until they are asked for anew, and a probe that asks for the same.
 *
 * @param paths lists that are asked for instead, one after the other; the probe asks for the first
 */
export function createModels(
  ask: AskService,
  [first = '/models', ...others]: readonly string[] = [],
): { readonly models: ModelsFacet; readonly health: HealthFacet } {
  let known: readonly ModelDescription[] | undefined

  async function fetchList(path: string, call: Parameters<AskService>[1]): Promise<readonly ModelDescription[]> {
    const answer = await ask({ path }, call)
    const { data } = answer.body
    if (!Array.isArray(data)) throw answer.malformed('is not a list of models')
    return data.flatMap((entry: unknown) => {
      const model = isRecord(entry) ? toDescription(entry) : undefined
      return model === undefined ? [] : [model]
    })
  }

  /** Each once, although lists may share some. */
  async function fetchAll(call: Parameters<AskService>[1]): Promise<readonly ModelDescription[]> {
    const all = new Map<string, ModelDescription>()
    for (const path of [first, ...others]) {
      for (const model of await fetchList(path, call)) if (!all.has(model.id)) all.set(model.id, model)
    }
    return [...all.values()]
  }

  return {
    models: {
      async list({ refresh, ...call } = {}) {
        if (refresh || !known) known = await fetchAll(call)
        return known
      },
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
export function createTokens(ask: AskService, toBody: (request: ChatRequest) => object): TokensFacet {
  return {
    async count(request, call) {
      const whole = toBody(request) as Readonly<Record<string, unknown>>
      const body = Object.fromEntries(countedFields.flatMap((field) => (field in whole ? [[field, whole[field]]] : [])))
      const answer = await ask({ path: '/responses/input_tokens', body, model: request.model }, call)
      const tokens = answer.body['input_tokens']
      if (typeof tokens !== 'number') throw answer.malformed('is not a count')
      return { tokens, method: 'exact' }
    },
  }
}
