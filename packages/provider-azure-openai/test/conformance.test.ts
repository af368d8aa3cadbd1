import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { description, models, subject } from './subject.ts'
import { recordings } from './recordings.ts'

testProvider(test, {
  create: subject('chat-completions'),
  server: { ...chatCompletions(), basePath: '' },
  models,
  metadataWith: { store: true },
  recordings,
  description,
  mock: aimock(LLMock),
  report: join(import.meta.dirname, '..'),
})
