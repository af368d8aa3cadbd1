import type { ServiceOptions } from '@llmfb/conformance'
import type { ProviderPlugin } from '@llmfb/core/provider'
import { bedrock } from '../src/index.ts'

/** The model that the suite asks. */
export const model = 'anthropic.claude-sonnet-4-6'

/** The suite asks one model for everything; the service has embeddings from models of their own. */
export const embeddingModel = 'cohere.embed-v4:0'

/** The provider that the suite tests. */
export function subject(options: ServiceOptions): ProviderPlugin {
  const plugin = bedrock({ ...options, region: 'us-east-1' })
  return {
    ...plugin,
    async create(context) {
      const provider = await plugin.create(context)
      const { embeddings } = provider
      if (!embeddings) throw new Error('there are no embeddings')
      return {
        ...provider,
        embeddings: { embed: (request, call) => embeddings.embed({ ...request, model: embeddingModel }, call) },
      }
    },
  }
}
