import { LLMock } from '@copilotkit/aimock'
import { aimock, ollamaChat, readDescription, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { parse } from 'yaml'
import { ollama } from '../src/index.ts'
import { recordings } from './recordings.ts'

testProvider(test, {
  create: (options) => ollama(options),
  server: ollamaChat(),
  models: ['qwen3', 'gpt-oss:20b', 'llama3.2', 'gemma3', 'llama2'],
  recordings,
  description: readDescription('ollama.openapi.yaml', {
    parse,
    fields: { ChatMessage: { tool_name: { type: 'string' } } },
  }),
  mock: aimock(LLMock, { tells: { servedModel: 'qwen3', usage: [], reasoning: 'no', finish: ['stop', 'tool-calls'] } }),
  report: join(import.meta.dirname, '..'),
})
