import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, readDescription, responses, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { type AzureOpenAIOptions, azureOpenAI } from '../src/index.ts'
import { recordings } from './recordings.ts'

const report = join(import.meta.dirname, '..')
const models = ['gpt-4o', 'gpt-5', 'gpt-5.1', 'o3', 'o3-mini', 'gpt-35-turbo', 'gpt-6-astra', 'our-deployment']
const description = readDescription('openai.openapi.json')
const mock = aimock(LLMock)

describe.each([
  ['chat-completions', chatCompletions(), { models, recordings, report }],
  [
    'responses',
    responses(),
    {
      models: ['gpt-5.4', ...models],
      mock: aimock(LLMock, { models: ['gpt-4o'], tells: { finish: ['stop', 'tool-calls'] } }),
    },
  ],
  ['deployments', chatCompletions(), { models }],
] as const)('%s', (api, words, tests) => {
  const create = (options: AzureOpenAIOptions) => azureOpenAI({ ...options, api })
  testProvider(test, { create, server: { ...words, basePath: '' }, description, mock, ...tests })
})
