import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import * as surface from '../src/index.ts'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['google', 'manifest'] })

test('a key under its other name will do', () => {
  vi.stubEnv('GOOGLE_API_KEY', 'k')
  expect(surface.google().configured).toEqual(['apiKey'])
  vi.unstubAllEnvs()
})

test.each([
  ['gemini-1.5-pro', 8192, undefined, undefined],
  ['gemini-2.0-flash', 8192, undefined, undefined],
  ['gemini-2.5-flash-lite', 65_536, ['none', 'low', 'medium', 'high'], 512],
  ['gemini-2.5-flash-preview-09-2025', 65_536, ['none', 'low', 'medium', 'high'], 1],
  ['gemini-2.5-flash-image', 32_768, undefined, undefined],
  ['models/gemini-2.5-pro', 65_536, ['low', 'medium', 'high'], 128],
  ['gemini-3-pro-preview', 65_536, ['low', 'high'], undefined],
  ['gemini-3.1-pro-preview', 65_536, ['low', 'medium', 'high'], undefined],
  ['gemini-3-flash-preview', 65_536, ['minimal', 'low', 'medium', 'high'], undefined],
  ['gemini-3.1-flash-lite', 65_536, ['minimal', 'low', 'medium', 'high'], undefined],
  ['gemini-3.8-flash', 65_536, ['low', 'medium', 'high'], undefined],
  ['gemini-flash-latest', 65_536, ['low', 'medium', 'high'], undefined],
  ['somebody-else', undefined, ['low', 'medium', 'high'], undefined],
])('%s: at most %s tokens, efforts %s, budget from %s', (model, maxOutputTokens, efforts, budget) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  const range = capabilities.parameters.reasoning
  expect(capabilities.maxOutputTokens).toBe(maxOutputTokens)
  expect(range?.type === 'reasoning' ? range.efforts : undefined).toEqual(efforts)
  expect(range?.type === 'reasoning' ? range.budgetTokens?.min : undefined).toBe(budget)
})
