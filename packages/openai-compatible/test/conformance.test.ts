import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, testProvider } from '@llmfb/conformance'
import { createOpenAICompatibleProvider } from '@llmfb/openai-compatible'
import { join } from 'node:path'
import { test } from 'vitest'
import { everything } from './connect.ts'

testProvider(test, {
  create: (options, context) => createOpenAICompatibleProvider({ ...options, context, capabilities: () => everything }),
  server: chatCompletions({ reasoningField: 'reasoning_content' }),
  models: ['any-model'],
  mock: aimock(LLMock),
  report: join(import.meta.dirname, '..'),
})
