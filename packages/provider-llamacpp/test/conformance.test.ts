import { LLMock } from '@copilotkit/aimock'
import { aimock, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { llamacpp } from '../src/index.ts'
import { description } from './description.ts'
import { llamaServer } from './llama-server.ts'

testProvider(test, {
  create: (options) => llamacpp(options),
  server: llamaServer(),
  models: ['gemma-3-4b-it'],
  description,
  mock: aimock(LLMock),
  report: join(import.meta.dirname, '..'),
})
