import { LLMock } from '@copilotkit/aimock'
import { aimock, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { openrouter } from '../src/index.ts'
import { description } from './description.ts'
import { recordings } from './recordings.ts'
import { openRouterWords } from './words.ts'

testProvider(test, {
  create: (options) => openrouter(options),
  server: openRouterWords,
  models: ['anthropic/claude-sonnet-4.6', 'openai/gpt-5.1', 'google/gemini-2.5-flash'],
  recordings,
  description,
  mock: aimock(LLMock, { codes: false, tells: { reasoning: 'text' } }),
  report: join(import.meta.dirname, '..'),
})
