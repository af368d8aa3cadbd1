import type { ServiceOptions } from '@llmfb/conformance'
import type { ProviderPlugin } from '@llmfb/core/provider'
import { bedrock } from '../src/index.ts'

/** The model that the suite asks. */
export const model = 'anthropic.claude-sonnet-4-6'

/** One of each kind. */
export const models = [
  model,
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'global.anthropic.claude-opus-4-8',
  'us.amazon.nova-2-lite-v1:0',
  'us.meta.llama3-3-70b-instruct-v1:0',
  'openai.gpt-oss-120b-1:0',
]

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
