import { responses, testProvider } from '@llmfb/conformance'
import { test } from 'vitest'
import { openai } from '../src/index.ts'
import { withCounts } from './counts.ts'
import { described } from './service-description.ts'

testProvider(test, {
  create: (options) => openai({ ...options, api: 'responses' }),
  server: described(withCounts(responses())),
  models: ['gpt-6-astra', 'gpt-4o', 'gpt-5', 'gpt-5.4', 'o3-mini'],
  embeddingModel: 'text-embedding-3-small',
})
