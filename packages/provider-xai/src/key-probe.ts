import { type HealthFacet, isProviderError, ProviderError } from '@llmfb/core/provider'
import type { AskService, ServiceAnswer } from '@llmfb/openai-compatible'

/** What xAI says of a key that works no more, by the fields of `/api-key`. */
const states = {
  api_key_disabled: 'the key is disabled',
  api_key_blocked: 'the key is blocked',
  team_blocked: 'the team of the key is blocked',
} as const

/** Asks for what xAI says of the key, which costs nothing; a proxy that does not know of it is asked for its models. */
export function createKeyProbe(ask: AskService, provider: string): HealthFacet {
  async function askForKey(call: Parameters<AskService>[1]): Promise<ServiceAnswer> {
    try {
      return await ask({ path: '/api-key' }, call)
    } catch (error) {
      if (!isProviderError(error) || error.status !== 404) throw error
      return await ask({ path: '/models' }, call)
    }
  }

  return {
    cost: 'free',
    async probe(call) {
      const { body, requestId } = await askForKey(call)
      for (const [field, state] of Object.entries(states)) {
        if (body[field] !== true) continue
        const traced = requestId === undefined ? {} : { requestId }
        throw new ProviderError(`xAI says that ${state}`, { kind: 'permission', provider, status: 200, ...traced })
      }
    },
  }
}
