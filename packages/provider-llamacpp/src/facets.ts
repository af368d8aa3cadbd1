import type { CallOptions, ChatRequest, ModelDescription, Provider, TokenCount } from '@llmfb/core/provider'
import { estimatingTokens, isProviderError } from '@llmfb/core/provider'
import { type AskService, readVectors, type RequestContext, toChatCompletionsRequest } from '@llmfb/openai-compatible'
import { remember } from '@llmfb/transport'
import { nameTool } from './name-tool.ts'
import { isRecord, readCount, toUsage } from './fields.ts'

type Facets = Required<Pick<Provider, 'embeddings' | 'models' | 'tokens'>>

/** What llama-server can do beside chatting; `connect` gives what a call asks it with. */
export function createFacets(
  id: string,
  connect: (options: CallOptions) => Promise<AskService>,
  contextOf: (model: string) => RequestContext,
): Facets {
  const listModels = remember(async (options: CallOptions): Promise<readonly ModelDescription[]> => {
    const ask = await connect(options)
    const { body, malformed } = await ask({ path: '/v1/models' }, options)
    if (!Array.isArray(body['data'])) throw malformed('holds no list of models')
    return body['data'].flatMap(readModel)
  })
  /** Builds from before 2026 do not know the path. */
  let knowsCount = true

  /** Counts as the server does: what its template makes of the messages, tools included. */
  async function count(request: ChatRequest, options: CallOptions): Promise<TokenCount> {
    const ask = await connect(options)
    const { body } = toChatCompletionsRequest(nameTool(request, id), false, contextOf(request.model))
    try {
      if (knowsCount) return await countAtOnce(ask, body, request, options)
    } catch (error) {
      if (!isProviderError(error) || error.status !== 404) throw error
      knowsCount = false
    }
    return countByTemplate(ask, body, request, options)
  }

  return {
    embeddings: {
      async embed({ model, inputs, dimensions }, options = {}) {
        const ask = await connect(options)
        const body = {
          model,
          input: inputs,
          encoding_format: 'float',
          ...(dimensions === undefined ? {} : { dimensions }),
        }
        const answer = await ask({ path: '/v1/embeddings', body, model }, options)
        const { data, model: served, usage } = answer.body
        const embeddings = readVectors(data, inputs.length)
        if (embeddings === undefined) throw answer.malformed(`does not hold ${inputs.length} vectors`)
        return {
          embeddings,
          model: typeof served === 'string' && served !== '' ? served : model,
          provider: id,
          ...toUsage(usage),
          ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
        }
      },
    },
    models: {
      list: (options = {}) => listModels(options),
    },
    tokens: estimatingTokens((request, options = {}) => count(request, options)),
  }
}

async function countAtOnce(
  ask: AskService,
  body: object,
  { model }: ChatRequest,
  options: CallOptions,
): Promise<TokenCount> {
  const counted = await ask({ path: '/v1/chat/completions/input_tokens', body, model }, options)
  const tokens = readCount(counted.body['input_tokens'])
  if (tokens === undefined) throw counted.malformed('holds no count of tokens')
  return { tokens, method: 'exact' }
}

async function countByTemplate(
  ask: AskService,
  body: object,
  request: ChatRequest,
  options: CallOptions,
): Promise<TokenCount> {
  const { model } = request
  const templated = await ask({ path: '/apply-template', body, model }, options)
  const { prompt } = templated.body
  if (typeof prompt !== 'string') throw templated.malformed('holds no prompt')
  const content = { model, content: prompt, add_special: true, parse_special: true }
  const { body: split, malformed } = await ask({ path: '/tokenize', body: content, model }, options)
  if (!Array.isArray(split['tokens'])) throw malformed('holds no tokens')
  // An image stands in the prompt as a marker.
  return { tokens: split['tokens'].length, method: holdsImage(request) ? 'estimate' : 'exact' }
}

function holdsImage({ messages }: ChatRequest): boolean {
  return messages.some(({ content }) => typeof content !== 'string' && content.some(({ type }) => type === 'image'))
}

function readModel(item: unknown): ModelDescription[] {
  if (!isRecord(item) || typeof item['id'] !== 'string') return []
  const meta = isRecord(item['meta']) ? item['meta'] : {}
  const contextWindow = readCount(meta['n_ctx']) ?? readCount(meta['n_ctx_train'])
  return [{ id: item['id'], ...(contextWindow ? { contextWindow } : {}) }]
}
