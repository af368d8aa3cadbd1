import { chatCompletions, responses, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { azureOpenAI } from '../src/index.ts'
import { recordings } from './recordings.ts'

const server = { ...chatCompletions(), basePath: '' }
const models = ['gpt-4o', 'gpt-5', 'gpt-5.1', 'o3', 'o3-mini', 'gpt-35-turbo', 'gpt-6-astra', 'our-deployment']

describe('Chat Completions of v1', () => {
  const create = (options: object) => azureOpenAI({ ...options, api: 'chat-completions' })
  testProvider(test, { create, server, models, recordings, report: join(import.meta.dirname, '..') })
})
describe('Responses of v1', () => {
  const create = (options: object) => azureOpenAI({ ...options, api: 'responses' })
  testProvider(test, { create, server: { ...responses(), basePath: '' }, models: ['gpt-5.4', ...models] })
})
describe('deployments', () => {
  const create = (options: object) => azureOpenAI({ ...options, api: 'deployments' })
  testProvider(test, { create, server, models })
})
