import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, readDescription, responses, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { xai } from '../src/index.ts'
import { recordings } from './recordings.ts'

const models = ['grok-4.3', 'grok-4', 'grok-4-1-fast-non-reasoning', 'grok-3-mini', 'grok-3', 'grok-code-fast-1']

describe('Responses', () => {
  testProvider(test, {
    create: (options) => xai({ ...options, api: 'responses' }),
    server: responses(),
    models: ['grok-4.20-multi-agent', ...models],
    recordings,
    description: readDescription('openai.openapi.json'),
    mock: aimock(LLMock, { models: ['grok-4-1-fast-non-reasoning'], tells: { finish: ['stop', 'tool-calls'] } }),
    report: join(import.meta.dirname, '..'),
  })
})
describe('Chat Completions', () => {
  testProvider(test, {
    create: (options) => xai({ ...options, api: 'chat-completions' }),
    server: chatCompletions({ reasoningField: 'reasoning_content' }),
    models,
    description: readDescription('openai.openapi.json'),
    mock: aimock(LLMock),
  })
})
