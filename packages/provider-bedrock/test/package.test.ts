import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createDocumentNames } from '../src/to-media.ts'
import * as surface from '../src/index.ts'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['bedrock', 'manifest'] })

test('tells that its region is configured in code', () => {
  expect(surface.bedrock({ apiKey: 'k', region: 'eu-west-1' }).configured).toEqual(['apiKey', 'region'])
})

test.each([
  ['anthropic.claude-3-haiku-20240307-v1:0', 4096, undefined, false, false],
  ['us.anthropic.claude-3-5-sonnet-20241022-v2:0', 8192, undefined, false, true],
  ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', 64_000, ['none'], true, true],
  ['anthropic.claude-opus-4-20250514-v1:0', 32_000, ['none'], true, true],
  ['us.anthropic.claude-opus-4-1-20250805-v1:0', 32_000, ['none'], true, true],
  ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 64_000, ['none'], true, true],
  ['us.anthropic.claude-sonnet-4-6', 128_000, ['none', 'low', 'medium', 'high', 'max'], true, true],
  ['global.anthropic.claude-opus-4-8', 128_000, ['none', 'low', 'medium', 'high', 'xhigh', 'max'], false, true],
  ['global.anthropic.claude-opus-5-5', 128_000, ['low', 'medium', 'high', 'xhigh', 'max'], false, true],
  [
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0',
    undefined,
    ['none', 'low', 'medium', 'high'],
    false,
    true,
  ],
  ['amazon.nova-micro-v1:0', undefined, undefined, false, true],
  ['openai.gpt-oss-20b-1:0', undefined, ['low', 'medium', 'high'], false, false],
  ['somebody.else', undefined, undefined, false, false],
])('%s: at most %s tokens, efforts %s, budget %s, cache %s', (model, maxOutputTokens, efforts, budget, promptCache) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  const range = capabilities.parameters.reasoning
  expect(capabilities.maxOutputTokens).toBe(maxOutputTokens)
  expect(range?.type === 'reasoning' ? range.efforts : undefined).toEqual(efforts)
  expect(range?.type === 'reasoning' && range.budgetTokens !== undefined).toBe(budget)
  expect(capabilities.promptCache).toBe(promptCache)
  expect(capabilities.toolCallIds).toEqual({ characters: 'word', maxLength: 64 })
})

test('names of documents are what the service takes', () => {
  const nameFor = createDocumentNames()
  const names = ['a_b  c.tar.gz', '../../etc/passwd', '.pdf', 'x'.repeat(500), undefined, undefined].map((name) =>
    nameFor(name),
  )
  expect(names.slice(0, 3)).toEqual(['a b c tar', 'etc passwd', 'document'])
  expect(names.slice(4)).toEqual(['document (2)', 'document (3)'])
  for (const name of names) expect(name).toMatch(/^(?=.{1,200}$)[A-Za-z0-9\-()[\]]+(?: [A-Za-z0-9\-()[\]]+)*$/)
})
