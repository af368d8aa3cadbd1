import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, responses, testProvider } from '@llmfb/conformance'
import { describe, test } from 'vitest'
import { description, models, subject } from './subject.ts'

describe('Responses', () => {
  testProvider(test, {
    create: subject('responses'),
    server: { ...responses(), basePath: '' },
    models: ['gpt-5.4', ...models],
    metadataWith: { store: true },
    description,
    mock: aimock(LLMock, { models: ['gpt-4o'], tells: { finish: ['stop', 'tool-calls'] } }),
  })
})
describe('deployments', () => {
  testProvider(test, {
    create: subject('deployments'),
    server: { ...chatCompletions(), basePath: '' },
    models,
    metadataWith: { store: true },
    description,
    mock: aimock(LLMock),
  })
})
