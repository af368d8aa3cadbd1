import { LLMock } from '@copilotkit/aimock'
import { aimock, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { dial } from '../src/index.ts'
import { description } from './description.ts'
import { dialWords } from './words.ts'

const unasked = 'it tells the usage of a stream when asked alone, as OpenAI does; DIAL always tells it'

testProvider(test, {
  create: (options) => dial(options),
  server: dialWords,
  models: ['gpt-4o', 'gpt-5', 'applications/public/our-app'],
  description,
  mock: aimock(LLMock, { unfaithful: { 'contract.answer': unasked, 'stream.like-chat': unasked } }),
  report: join(import.meta.dirname, '..'),
})
