import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { openai } from '../src/index.ts'
import { recordings } from './recordings.ts'
import { withCounts } from './counts.ts'
import { description } from './description.ts'

testProvider(test, {
  create: (options) => openai({ ...options, api: 'chat-completions' }),
  server: withCounts(chatCompletions()),
  models: ['gpt-4o', 'gpt-5', 'gpt-5.1', 'o3', 'o3-mini', 'gpt-4', 'gpt-6-astra'],
  embeddingModel: 'text-embedding-3-small',
  metadataWith: { store: true },
  recordings,
  description,
  mock: aimock(LLMock),
  report: join(import.meta.dirname, '..'),
})
