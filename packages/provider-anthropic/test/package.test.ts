import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as surface from '../src/index.ts'

testPackage(test, {
  folder: join(import.meta.dirname, '..'),
  surface,
  exports: ['anthropic', 'defaultMaxTokens', 'manifest'],
})

test.each([
  ['claude-3-haiku-20240307', 4096, undefined, false],
  ['claude-3-7-sonnet-20250219', 64_000, ['none'], true],
  ['claude-opus-4-20250514', 32_000, ['none'], true],
  ['claude-sonnet-4-0', 64_000, ['none'], true],
  ['claude-opus-4-1', 32_000, ['none'], true],
  ['claude-haiku-4-5-20251001', 64_000, ['none'], true],
  ['claude-opus-4-5-20251101', 64_000, ['none', 'low', 'medium', 'high'], true],
  ['claude-opus-4-6', 128_000, ['none', 'low', 'medium', 'high', 'max'], true],
  ['claude-opus-4-8', 128_000, ['none', 'low', 'medium', 'high', 'xhigh', 'max'], false],
  ['claude-fable-5-2', 128_000, ['low', 'medium', 'high', 'xhigh', 'max'], false],
  ['claude-opus-5-5', 128_000, ['low', 'medium', 'high', 'xhigh', 'max'], false],
  ['claude-sonnet-9', 128_000, ['none', 'low', 'medium', 'high', 'xhigh', 'max'], false],
  ['somebody-else', undefined, ['low', 'medium', 'high'], false],
])('%s: at most %s tokens, efforts %s, budget %s', (model, maxOutputTokens, efforts, budget) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  const range = capabilities.parameters.reasoning
  expect(capabilities.maxOutputTokens).toBe(maxOutputTokens)
  expect(range?.type === 'reasoning' ? range.efforts : undefined).toEqual(efforts)
  expect(range?.type === 'reasoning' && range.budgetTokens !== undefined).toBe(budget)
})
