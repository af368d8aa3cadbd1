import { chatCompletions, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { dial } from '../src/index.ts'

testProvider(test, {
  create: (options) => dial(options),
  server: { ...chatCompletions(), basePath: '' },
  models: ['gpt-4o', 'gpt-5', 'applications/public/our-app'],
  report: join(import.meta.dirname, '..'),
})
