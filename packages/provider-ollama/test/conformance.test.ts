import { ollamaChat, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { ollama } from '../src/index.ts'
import { recordings } from './recordings.ts'

testProvider(test, {
  create: (options) => ollama(options),
  server: ollamaChat(),
  models: ['qwen3', 'gpt-oss:20b', 'llama3.2', 'gemma3', 'llama2'],
  recordings,
  report: join(import.meta.dirname, '..'),
})
