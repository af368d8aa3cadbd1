import { ollamaChat, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { ollama } from '../src/index.ts'

testProvider(test, {
  create: (options) => ollama(options),
  server: ollamaChat(),
  models: ['qwen3', 'gpt-oss:20b', 'llama3.2', 'gemma3', 'llama2'],
  report: join(import.meta.dirname, '..'),
})
