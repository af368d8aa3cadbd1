import { LLMock } from '@copilotkit/aimock'
import { aimock, anthropicMessages, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { anthropic } from '../src/index.ts'
import { recordings } from './recordings.ts'

testProvider(test, {
  create: (options) => anthropic(options),
  server: anthropicMessages(),
  models: ['claude-sonnet-4-6', 'claude-opus-4-8', 'claude-opus-4-5', 'claude-sonnet-4-5', 'claude-3-5-haiku-latest'],
  recordings,
  mock: aimock(LLMock, { tells: { finish: ['stop', 'length', 'tool-calls'] } }),
  report: join(import.meta.dirname, '..'),
})
