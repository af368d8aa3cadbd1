import { LLMock } from '@copilotkit/aimock'
import { aimock, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { bedrockConverse } from './bedrock-converse.ts'
import { description } from './description.ts'
import { recordings } from './recordings.ts'
import { embeddingModel, model, models, subject } from './subject.ts'

testProvider(test, {
  create: subject,
  server: bedrockConverse({ model, embeddingModel }),
  models,
  recordings,
  description,
  mock: aimock(LLMock, { tells: { finish: ['stop', 'length', 'tool-calls'], reasoning: 'text' } }),
  report: join(import.meta.dirname, '..'),
})
