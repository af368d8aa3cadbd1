import { LLMock } from '@copilotkit/aimock'
import { aimock, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { google } from '../src/index.ts'
import { geminiDialect } from './dialect.ts'
import { description } from './description.ts'
import { recordings } from './recordings.ts'

testProvider(test, {
  create: (options) => google(options),
  server: geminiDialect(),
  models: ['gemini-3.6-flash', 'gemini-3.1-pro-preview', 'gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-2.0-flash'],
  recordings,
  description,
  mock: aimock(LLMock, { tells: { servedModel: 'gemini-3.6-flash', reasoning: 'text' } }),
  report: join(import.meta.dirname, '..'),
})
