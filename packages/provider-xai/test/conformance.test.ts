import { chatCompletions, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { xai } from '../src/index.ts'

testProvider(test, {
  create: (options) => xai(options),
  server: chatCompletions({ reasoningField: 'reasoning_content' }),
  models: ['grok-4.3', 'grok-4', 'grok-4-1-fast-non-reasoning', 'grok-3-mini', 'grok-3', 'grok-code-fast-1'],
  report: join(import.meta.dirname, '..'),
})
