import { testProvider } from '@llmfb/conformance'
import type { ProviderPlugin } from '@llmfb/core/provider'
import { join } from 'node:path'
import { test } from 'vitest'
import { bedrock } from '../src/index.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { recordings } from './recordings.ts'

const model = 'anthropic.claude-sonnet-4-6'
// The suite asks one model for everything; the service has embeddings from models of their own.
const embeddingModel = 'cohere.embed-v4:0'

testProvider(test, {
  create: (options) => withEmbeddingsOf(bedrock({ ...options, region: 'us-east-1' })),
  server: bedrockConverse({ model, embeddingModel }),
  models: [
    model,
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'global.anthropic.claude-opus-4-8',
    'us.amazon.nova-2-lite-v1:0',
    'us.meta.llama3-3-70b-instruct-v1:0',
    'openai.gpt-oss-120b-1:0',
  ],
  recordings,
  report: join(import.meta.dirname, '..'),
})

function withEmbeddingsOf(plugin: ProviderPlugin): ProviderPlugin {
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
