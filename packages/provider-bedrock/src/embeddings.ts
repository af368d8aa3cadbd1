import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime'
import { ProviderError } from '@llmfb/core/provider'
import type { CallOptions, EmbeddingsFacet, EmbeddingsRequest } from '@llmfb/core/provider'
import type { Calls } from './calls.ts'
import type { Exchange } from './exchange.ts'
import { foundationModelOf } from './model-traits.ts'
import { isObject } from './wire.ts'

type Vectors = readonly (readonly number[])[]

/** How a family of models is asked for vectors; the API passes bodies on as they are. */
interface EmbeddingDialect {
  /** Most texts of one call. */
  readonly mostTexts: number
  readonly takesDimensions: boolean
  body(texts: readonly string[], dimensions: number | undefined): object
  /** Undefined where the answer is none. */
  vectors(body: Readonly<Record<string, unknown>>): unknown
}

const titan = {
  mostTexts: 1,
  takesDimensions: true,
  body: ([inputText], dimensions) => ({ inputText, ...(dimensions !== undefined && { dimensions }) }),
  vectors: ({ embedding }) => [embedding],
} as const satisfies EmbeddingDialect

const cohere = {
  mostTexts: 96,
  takesDimensions: false,
  // What does not fit is refused rather than cut off without a word.
  body: (texts) => ({ texts, input_type: 'search_document', truncate: 'NONE' }),
  vectors: ({ embeddings }) => (isObject(embeddings) ? embeddings.float : embeddings),
} as const satisfies EmbeddingDialect

const cohere4 = {
  ...cohere,
  takesDimensions: true,
  body: (texts, dimensions) => ({
    ...cohere.body(texts),
    embedding_types: ['float'],
    ...(dimensions !== undefined && { output_dimension: dimensions }),
  }),
} as const satisfies EmbeddingDialect

/** Source: "Inference parameters for foundation models" in the service's user guide, read in November 2026. */
const dialects: readonly (readonly [RegExp, EmbeddingDialect])[] = [
  [/^amazon\.titan-embed-text-v1/, { ...titan, takesDimensions: false }],
  [/^amazon\.titan-embed-text/, titan],
  [/^cohere\.embed-v4/, cohere4],
  [/^cohere\.embed-/, cohere],
]

export function createEmbeddings(calls: Calls, provider: string): EmbeddingsFacet {
  /** The texts of one call. */
  async function embed(
    { model, dimensions }: EmbeddingsRequest,
    texts: readonly string[],
    dialect: EmbeddingDialect,
    call: CallOptions,
  ): Promise<{ vectors: Vectors; tokens: number | undefined; requestId: string | undefined }> {
    return await calls.run(call, model, async (exchange) => {
      const input = {
        modelId: model,
        contentType: 'application/json',
        accept: 'application/json',
        body: new TextEncoder().encode(JSON.stringify(dialect.body(texts, dimensions))),
      }
      const { $metadata } = await calls.send(exchange, new InvokeModelCommand(input))
      const body = readJson(exchange)
      const vectors = dialect.vectors(body)
      if (!areVectors(vectors, texts.length)) throw exchange.failAnswer('the answer has not one vector for each text')
      const told: unknown = body.inputTextTokenCount ?? exchange.answer?.headers['x-amzn-bedrock-input-token-count']
      const tokens = told === undefined || Number.isNaN(Number(told)) ? undefined : Number(told)
      return { vectors, tokens, requestId: $metadata.requestId }
    })
  }

  return {
    async embed(request, call = {}) {
      const { model, inputs, dimensions } = request
      const dialect = dialects.find(([pattern]) => pattern.test(foundationModelOf(model)))?.[1]
      const refuse = (problem: string): ProviderError =>
        new ProviderError(`Amazon Bedrock was not called. Invalid request: ${problem}`, {
          kind: 'invalid-request',
          provider,
          model,
        })
      if (!dialect) throw refuse(`model is '${model}', whose embeddings are not known here`)
      if (dimensions !== undefined && !dialect.takesDimensions) {
        throw refuse(`dimensions cannot be chosen for ${model} at Amazon Bedrock`)
      }
      call.signal?.throwIfAborted()
      // The first failure ends what is asked beside it.
      const beside = new AbortController()
      const { signal } = beside
      const leave = (): void => beside.abort(call.signal?.reason)
      call.signal?.addEventListener('abort', leave, { once: true })
      const groups = chunks(inputs, dialect.mostTexts)
      const answers = await inParallel(groups, (texts) => embed(request, texts, dialect, { ...call, signal })).finally(
        () => {
          call.signal?.removeEventListener('abort', leave)
          beside.abort()
        },
      )
      const tokens = answers.map((answer) => answer.tokens)
      const requestId = answers[0]?.requestId
      return {
        embeddings: answers.flatMap(({ vectors }) => vectors),
        model,
        provider,
        ...(tokens.length > 0 && tokens.every((count) => count !== undefined) && { usage: toUsage(tokens) }),
        ...(requestId !== undefined && { requestId }),
      }
    },
  }
}

/** Calls of one request that are under way at once, where a model takes one text a call. */
const mostAtOnce = 8

async function inParallel<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  let next = 0
  async function worker(): Promise<void> {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index] as In)
    }
  }
  await Promise.all(Array.from({ length: Math.min(mostAtOnce, items.length) }, worker))
  return results
}

function chunks(texts: readonly string[], size: number): string[][] {
  const count = Math.ceil(texts.length / size)
  return Array.from({ length: count }, (_, index) => texts.slice(index * size, (index + 1) * size))
}

function readJson(exchange: Exchange): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(exchange.answer?.text ?? '')
    if (isObject(body)) return body
  } catch {
    // Told below, with JSON of another shape. The parser's own message quotes the answer.
  }
  throw exchange.failAnswer('the answer is not JSON')
}

function areVectors(value: unknown, count: number): value is Vectors {
  const isVector = (vector: unknown): boolean =>
    Array.isArray(vector) && vector.length > 0 && vector.every((entry) => typeof entry === 'number')
  return Array.isArray(value) && value.length === count && value.every(isVector)
}

function toUsage(tokens: readonly number[]): NonNullable<Awaited<ReturnType<EmbeddingsFacet['embed']>>['usage']> {
  return {
    uncachedInputTokens: tokens.reduce((sum, count) => sum + count, 0),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: 0,
    reasoningTokens: 0,
  }
}
