import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, readDescription, testProvider } from '@llmfb/conformance'
import { test } from 'vitest'
import { xai } from '../src/index.ts'
import { models } from './models.ts'

testProvider(test, {
  create: (options) => xai({ ...options, api: 'chat-completions' }),
  server: chatCompletions({ reasoningField: 'reasoning_content' }),
  models,
  description: readDescription('openai.openapi.json'),
  mock: aimock(LLMock),
})
