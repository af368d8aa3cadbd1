import { LLMock } from '@copilotkit/aimock'
import { aimock, readDescription, responses, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { xai } from '../src/index.ts'
import { models } from './models.ts'
import { recordings } from './recordings.ts'

testProvider(test, {
  create: (options) => xai({ ...options, api: 'responses' }),
  server: responses(),
  models: ['grok-4.20-multi-agent', ...models],
  recordings,
  description: readDescription('openai.openapi.json'),
  mock: aimock(LLMock, { models: ['grok-4.20-non-reasoning'], tells: { finish: ['stop', 'tool-calls'] } }),
  report: join(import.meta.dirname, '..'),
})
