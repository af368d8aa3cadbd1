import type { ModelInfo } from '@anthropic-ai/sdk/resources/models'
import { type CallOptions, estimatingTokens, type Provider } from '@llmfb/core/provider'
import { remember } from '@llmfb/transport'
import type { Calls } from './calls.ts'
import { toAnthropicRequest, type RequestContext } from './to-anthropic-request.ts'

type ModelDescription = Awaited<ReturnType<NonNullable<Provider['models']>['list']>>[number]

/** Most models that one page of the list has. */
const pageSize = 1000

/** What the provider can do besides chat; all of it costs nothing. */
export function createFacets(
  calls: Calls,
  contextFor: (model: string) => RequestContext,
): Required<Pick<Provider, 'models' | 'tokens' | 'health'>> {
  async function list(call: CallOptions): Promise<readonly ModelDescription[]> {
    const models: ModelDescription[] = []
    let after: string | undefined
    do {
      const page = await readPage(calls, call, { limit: pageSize, ...(after !== undefined && { after_id: after }) })
      models.push(...page.data.map(toDescription))
      after = page.has_more ? page.data.at(-1)?.id : undefined
    } while (after !== undefined)
    return models
  }

  const listModels = remember(list)

  return {
    models: {
      list: (call = {}) => listModels(call),
    },

    tokens: estimatingTokens(async (request, call = {}) => {
      const { body } = toAnthropicRequest(request, contextFor(request.model))
      const { model, messages, system, tools, tool_choice, thinking, output_config } = body
      const counted = { model, messages, system, tools, tool_choice, thinking, output_config }
      return await calls.run(call, request.model, async (exchange) => {
        const message = { method: 'post', path: '/v1/messages/count_tokens', body: counted } as const
        const answer = await calls.readJson(exchange, await calls.send(exchange, message))
        const tokens = (answer as { input_tokens?: unknown } | null)?.input_tokens
        if (typeof tokens !== 'number') throw exchange.fail('malformed', 'the answer is not a count')
        return { tokens, method: 'exact' } as const
      })
    }),

    health: {
      cost: 'free',
      async probe(call = {}) {
        await readPage(calls, call, { limit: 1 })
      },
    },
  }
}

interface Page {
  readonly data: readonly ModelInfo[]
  readonly has_more?: boolean
}

async function readPage(calls: Calls, call: CallOptions, query: Readonly<Record<string, unknown>>): Promise<Page> {
  return await calls.run(call, undefined, async (exchange) => {
    const response = await calls.send(exchange, { method: 'get', path: '/v1/models', query })
    const page = (await calls.readJson(exchange, response)) as Page | null
    if (!Array.isArray(page?.data)) throw exchange.fail('malformed', 'the answer is not a list of models')
    return page
  })
}

function toDescription({
  id,
  max_input_tokens: contextWindow,
  max_tokens: maxOutputTokens,
}: ModelInfo): ModelDescription {
  return {
    id,
    ...(typeof contextWindow === 'number' && { contextWindow }),
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
  }
}
