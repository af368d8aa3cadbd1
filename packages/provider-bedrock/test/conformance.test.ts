import { LLMock } from '@copilotkit/aimock'
import { aimock, testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { bedrockConverse } from './bedrock-converse.ts'
import { description } from './description.ts'
import { recordings } from './recordings.ts'
import { embeddingModel, model, subject } from './subject.ts'

const claudes = ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'global.anthropic.claude-opus-4-8']
const others = ['us.amazon.nova-2-lite-v1:0', 'us.meta.llama3-3-70b-instruct-v1:0', 'openai.gpt-oss-120b-1:0']

testProvider(test, {
  create: subject,
  server: bedrockConverse({ model, embeddingModel }),
  models: [model, ...claudes, ...others],
  recordings,
  description,
  mock: aimock(LLMock, { tells: { finish: ['stop', 'length', 'tool-calls'], reasoning: 'text' } }),
  report: join(import.meta.dirname, '..'),
})
