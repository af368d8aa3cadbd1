import { CountTokensCommand, ListAsyncInvokesCommand } from '@aws-sdk/client-bedrock-runtime'
import { estimatingTokens, isProviderError } from '@llmfb/core/provider'
import type { Provider } from '@llmfb/core/provider'
import type { Calls } from './calls.ts'
import { foundationModelOf } from './model-traits.ts'
import { toBedrockRequest, type RequestContext } from './to-bedrock-request.ts'

/** What costs nothing: how many tokens a prompt has, and whether the service is there. */
export function createFacets(
  calls: Calls,
  contextFor: (model: string) => RequestContext,
): Required<Pick<Provider, 'tokens' | 'health'>> {
  return {
    tokens: estimatingTokens(async (request, call = {}) => {
      return await calls.run(call, request.model, async (exchange) => {
        const { messages, system, toolConfig, additionalModelRequestFields } = toBedrockRequest(
          request,
          contextFor(request.model),
        ).input
        // The service counts for foundation models, not for the profiles that choose a region for them.
        const modelId = foundationModelOf(request.model)
        const converse = { messages, system, toolConfig, additionalModelRequestFields }
        const output = await calls.send(exchange, new CountTokensCommand({ modelId, input: { converse } }))
        if (typeof output.inputTokens !== 'number') throw exchange.failAnswer('the answer is not a count')
        return { tokens: output.inputTokens, method: 'exact' }
      })
    }, countsNot),

    health: {
      cost: 'free',
      async probe(call = {}) {
        await calls.run(call, undefined, async (exchange) => {
          try {
            await calls.send(exchange, new ListAsyncInvokesCommand({ maxResults: 1 }))
          } catch (error) {
            // Whoever may not list is known, and the service is there: it is asked for no more than that.
            const thrown = exchange.toError(error)
            if (!isProviderError(thrown) || thrown.kind !== 'permission') throw error
          }
        })
      },
    },
  }
}

/** A 400 without a code of its own: "The provided model doesn't support counting tokens." */
function countsNot(error: Error): boolean {
  return isProviderError(error) && error.status === 400 && error.message.includes('support counting tokens')
}
