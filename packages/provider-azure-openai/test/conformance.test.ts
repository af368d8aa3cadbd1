import { chatCompletions, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { azureOpenAI } from '../src/index.ts'
import { recordings } from './recordings.ts'

const server = { ...chatCompletions(), basePath: '' }
const models = ['gpt-4o', 'gpt-5', 'gpt-5.1', 'o3', 'o3-mini', 'gpt-35-turbo', 'gpt-6-astra', 'our-deployment']

describe('v1', () => {
  testProvider(test, { create: azureOpenAI, server, models, recordings, report: join(import.meta.dirname, '..') })
})
describe('deployments', () => {
  testProvider(test, { create: (options) => azureOpenAI({ ...options, api: 'deployments' }), server, models })
})
