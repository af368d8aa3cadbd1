import type { CountTokensParameters } from '@google/genai/web'
import {
  type CallOptions,
  type EmbeddingsResponse,
  estimatingTokens,
  type ModelDescription,
  type Provider,
} from '@llmfb/core/provider'
import { remember } from '@llmfb/transport'
import type { Calls } from './calls.ts'
import type { Exchange } from './exchange.ts'
import { toGoogleRequest, type RequestContext } from './to-google-request.ts'
import { field, isObject } from './wire.ts'

/** Most models that one page of the list has; see `models.list` in the service's reference. */
const pageSize = 1000

/** Most texts that one request may have: "at most 100 requests can be in one batch". */
const batchSize = 100

/** What the provider can do besides chat; all but the vectors costs nothing. */
export function createFacets(
  calls: Calls,
  contextFor: (model: string) => RequestContext,
  provider: string,
): Required<Pick<Provider, 'embeddings' | 'models' | 'tokens' | 'health'>> {
  async function list(call: CallOptions): Promise<readonly ModelDescription[]> {
    const models: ModelDescription[] = []
    let pageToken: string | undefined
    do {
      const page = await readPage(calls, call, { pageSize, ...(pageToken !== undefined && { pageToken }) })
      models.push(...page.models)
      pageToken = page.next
    } while (pageToken !== undefined)
    return models
  }

  const listModels = remember(list)

  return {
    embeddings: {
      async embed({ model, inputs, dimensions }, call = {}) {
        const batches: Vectors[] = []
        for (let at = 0; at < inputs.length; at += batchSize) {
          const batch = inputs.slice(at, at + batchSize)
          batches.push(
            await calls.run(call, model, (exchange) => readVectors(calls, exchange, { model, batch, dimensions })),
          )
        }
        return toEmbeddings(batches, model, provider)
      },
    },

    models: {
      list: (call = {}) => listModels(call),
    },

    tokens: estimatingTokens(async (request, call = {}) => {
      const { parameters, extraBody } = toGoogleRequest(request, contextFor(request.model))
      return await calls.run(call, request.model, async (exchange) => {
        // The SDK's own counting takes contents alone, and no tools or system instruction.
        const body = await calls.write(exchange, (models, http) => {
          const httpOptions = { ...http, ...(extraBody && { extraBody }) }
          return models.generateContent({ ...parameters, config: { ...parameters.config, httpOptions } })
        })
        const model = resourceName(request.model)
        const generateContentRequest = { model, ...(isObject(body) && body) }
        const response = await calls.send(exchange, (models, http) => {
          const httpOptions = { ...http, extraBody: { generateContentRequest } }
          // `contents` beside the whole request would be ignored, so that they are not sent twice.
          const asked: Partial<CountTokensParameters> = { model: request.model, config: { httpOptions } }
          return models.countTokens(asked as CountTokensParameters)
        })
        const tokens = field(await calls.readJson(exchange, response), 'totalTokens')
        if (typeof tokens !== 'number') throw exchange.fail('malformed', 'the answer is not a count')
        return { tokens, method: 'exact' } as const
      })
    }),

    health: {
      cost: 'free',
      async probe(call = {}) {
        await readPage(calls, call, { pageSize: 1 })
      },
    },
  }
}

/** Ids may be given with the folder that they are in. */
function resourceName(model: string): string {
  return /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`
}

interface Vectors {
  readonly vectors: readonly (readonly number[])[]
  readonly promptTokens: number | undefined
}

async function readVectors(
  calls: Calls,
  exchange: Exchange,
  { model, batch, dimensions }: { model: string; batch: readonly string[]; dimensions: number | undefined },
): Promise<Vectors> {
  const contents = batch.map((text) => ({ role: 'user', parts: [{ text }] }))
  const config = dimensions === undefined ? {} : { outputDimensionality: dimensions }
  const response = await calls.send(exchange, (models, httpOptions) =>
    models.embedContent({ model, contents, config: { ...config, httpOptions } }),
  )
  const body = await calls.readJson(exchange, response)
  const embeddings = field(body, 'embeddings')
  const vectors = Array.isArray(embeddings) ? embeddings.map((each) => field(each, 'values')) : []
  if (vectors.length !== batch.length || !vectors.every(isVector)) {
    throw exchange.fail('malformed', 'the answer is not one vector a text')
  }
  const promptTokens = field(field(body, 'usageMetadata'), 'promptTokenCount')
  return { vectors, promptTokens: typeof promptTokens === 'number' ? promptTokens : undefined }
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')
}

function toEmbeddings(batches: readonly Vectors[], model: string, provider: string): EmbeddingsResponse {
  const counts = batches.map(({ promptTokens }) => promptTokens).filter((count) => count !== undefined)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const nothing = { cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 0, reasoningTokens: 0 }
  const isTold = counts.length > 0 && counts.length === batches.length
  return {
    embeddings: batches.flatMap(({ vectors }) => vectors),
    model,
    provider,
    ...(isTold && { usage: { uncachedInputTokens: total, ...nothing } }),
  }
}

interface Page {
  readonly models: readonly ModelDescription[]
  readonly next: string | undefined
}

async function readPage(
  calls: Calls,
  call: CallOptions,
  query: { readonly pageSize: number; readonly pageToken?: string },
): Promise<Page> {
  return await calls.run(call, undefined, async (exchange) => {
    const response = await calls.send(exchange, (models, httpOptions) =>
      models.list({ config: { ...query, httpOptions } }),
    )
    const body = await calls.readJson(exchange, response)
    const listed = field(body, 'models')
    const names = Array.isArray(listed) ? listed.map((model) => field(model, 'name')) : undefined
    if (!Array.isArray(listed) || !names?.every((name) => typeof name === 'string')) {
      throw exchange.fail('malformed', 'the answer is not a list of models')
    }
    const next = field(body, 'nextPageToken')
    return { models: listed.map(toDescription), next: typeof next === 'string' && next !== '' ? next : undefined }
  })
}

function toDescription(model: unknown): ModelDescription {
  const contextWindow = field(model, 'inputTokenLimit')
  const maxOutputTokens = field(model, 'outputTokenLimit')
  return {
    id: String(field(model, 'name')).replace(/^models\//, ''),
    ...(typeof contextWindow === 'number' && { contextWindow }),
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
  }
}
