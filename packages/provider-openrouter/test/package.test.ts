import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { manifest } from '@llmfb/provider-openrouter'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as surface from '@llmfb/provider-openrouter'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['manifest', 'openrouter'] })

test.each([
  ['anthropic/claude-sonnet-4.6', { promptCache: true, cacheBreakpoints: 4 }],
  ['google/gemini-2.5-flash', { promptCache: true }],
  ['openai/gpt-5.6-sol', { promptCache: true }],
  ['openai/gpt-5.1', { promptCache: false }],
])('knows what caches %s has', (model, expected) => {
  const { cacheBreakpoints, promptCache } = capabilitiesOf(manifest, model)
  expect({ promptCache, ...(cacheBreakpoints !== undefined && { cacheBreakpoints }) }).toEqual(expected)
})
