import type { ChatRequest, TokensFacet } from '@llmfb/core/provider'
import type { AskService } from '@llmfb/openai-compatible'
import { toDeploymentPath } from './deployment-path.ts'
import { isFields } from './merge-chunks.ts'

/**
 * Counts by the deployment's own tokenizer. DIAL answers 403 for deployments that have none, and for those that the key
 * must not see.
 *
 * @param toBody makes what the deployment would be asked
 */
export function createTokenCounter(ask: AskService, toBody: (request: ChatRequest) => object): TokensFacet['count'] {
  return async (request, call) => {
    const { model } = request
    const body = { inputs: [{ type: 'request', value: toBody(request) }] }
    const answer = await ask({ path: `/v1/deployments/${toDeploymentPath(model)}/tokenize`, body, model }, call)
    const { outputs } = answer.body
    const [output]: readonly unknown[] = Array.isArray(outputs) ? outputs : []
    const tokens = isFields(output) ? output['token_count'] : undefined
    if (typeof tokens !== 'number') throw answer.malformed('holds no count of tokens')
    return { tokens, method: 'exact' }
  }
}
