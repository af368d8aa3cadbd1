import { LLMock } from '@copilotkit/aimock'
import { aimock, responses, testProvider } from '@llmfb/conformance'
import { test } from 'vitest'
import { openai } from '../src/index.ts'
import { withCounts } from './counts.ts'
import { description } from './description.ts'

testProvider(test, {
  create: (options) => openai({ ...options, api: 'responses' }),
  server: withCounts(responses()),
  models: ['gpt-6-astra', 'gpt-4o', 'gpt-5', 'gpt-5.4', 'o3-mini'],
  embeddingModel: 'text-embedding-3-small',
  metadataWith: { store: true },
  description,
  mock: aimock(LLMock, { models: ['gpt-4o'], tells: { finish: ['stop', 'tool-calls'] } }),
})
