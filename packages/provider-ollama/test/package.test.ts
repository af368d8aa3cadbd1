import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as surface from '../src/index.ts'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['manifest', 'ollama'] })

test('nothing is required', () => {
  expect(surface.manifest.credentials.filter(({ required }) => required)).toEqual([])
})

test.for<[string, Record<string, unknown>]>([
  ['llama3.2', { tools: true, reasoning: false, input: [] }],
  ['llama3.2:1b', { tools: true, reasoning: false, input: [] }],
  ['llama3.2-vision:11b', { tools: false, input: ['image'] }],
  ['gpt-oss:120b-cloud', { tools: true, reasoning: true, input: [] }],
  ['qwen3:8b', { tools: true, reasoning: true, input: ['image'] }],
  ['someone/gemma3-tools', { tools: true, reasoning: true }],
])('what is declared of %s', ([model, expected]) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  expect(capabilities).toMatchObject(expected)
  expect('reasoning' in capabilities.parameters).toBe(capabilities.reasoning)
})
