import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { manifest, xai } from '@llmfb/provider-xai'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-xai'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['manifest', 'xai'] })

it('refuses an API that it does not know', () => {
  expect(() => xai({ api: 'messages' as 'responses' })).toThrow(
    expect.objectContaining({ code: 'invalid-config', issues: [{ path: 'xai.api', problem: expect.anything() }] }),
  )
})

test.each([
  ['grok-4.20-multi-agent-0309', { stop: false, efforts: 4, contextWindow: 1_000_000 }],
  ['grok-4.20-reasoning', { stop: false, efforts: 0, contextWindow: 1_000_000 }],
  ['grok-4.20-0309-non-reasoning', { stop: true, efforts: 0, contextWindow: 1_000_000 }],
  ['grok-4.3-latest', { stop: false, efforts: 4, contextWindow: 1_000_000 }],
  ['grok-4.5', { stop: false, efforts: 3, contextWindow: 500_000 }],
  ['grok-4.6', { stop: false, efforts: 4, contextWindow: 500_000 }],
  ['grok-4.7', { stop: false, efforts: 4, contextWindow: 500_000 }],
  ['grok-build-0.1', { stop: false, efforts: 0, contextWindow: 256_000 }],
  // A name that goes with the newest model, whatever its window is.
  ['grok-build-latest', { stop: false, efforts: 0, contextWindow: undefined }],
  ['grok-of-tomorrow', { stop: false, efforts: 0, contextWindow: undefined }],
])('knows what %s takes', (model, expected) => {
  const { parameters, input, contextWindow } = capabilitiesOf(manifest, model)
  const { reasoning } = parameters
  const efforts = reasoning?.type === 'reasoning' ? reasoning.efforts?.length : 0
  expect({ stop: 'stop' in parameters, efforts, contextWindow }).toEqual(expected)
  expect(input).toEqual(['image'])
  expect(Object.keys(parameters)).not.toContain('presencePenalty')
})

test.each([
  ['grok-4', 1_000_000],
  ['grok-4-0709', 1_000_000],
  ['grok-4-fast-reasoning', 1_000_000],
  ['grok-4-1-fast-reasoning-latest', 1_000_000],
  ['grok-4-fast-non-reasoning', 1_000_000],
  ['grok-4-1-fast-non-reasoning', 1_000_000],
  ['grok-3', 1_000_000],
  ['grok-code-fast-1', 256_000],
])('takes %s for what answers to the name since it was retired', (model, expected) => {
  const { parameters, input, contextWindow, reasoning } = capabilitiesOf(manifest, model)
  expect({ contextWindow, input }).toEqual({ contextWindow: expected, input: ['image'] })
  expect(reasoning).toBe(!model.includes('non-reasoning'))
  expect(Object.keys(parameters)).not.toContain('stop')
  expect(Object.keys(parameters)).not.toContain('reasoning')
})
