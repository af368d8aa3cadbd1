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
  ['grok-4', { stop: false, reasoning: false, image: true }],
  ['grok-4.3-latest', { stop: false, reasoning: true, image: true }],
  ['grok-4.20-multi-agent-0309', { stop: false, reasoning: true, image: true }],
  ['grok-4.20-reasoning', { stop: false, reasoning: false, image: true }],
  ['grok-4.5', { stop: false, reasoning: true, image: true }],
  ['grok-4.7', { stop: false, reasoning: true, image: true }],
  ['grok-4-fast-reasoning', { stop: false, reasoning: false, image: true }],
  ['grok-4-fast-non-reasoning', { stop: true, reasoning: false, image: true }],
  ['grok-4.20-0309-non-reasoning', { stop: true, reasoning: false, image: true }],
  ['grok-3', { stop: true, reasoning: false, image: false }],
  ['grok-3-mini-fast', { stop: false, reasoning: true, image: false }],
  ['grok-2-vision-1212', { stop: true, reasoning: false, image: true }],
  ['grok-code-fast-1', { stop: false, reasoning: false, image: false }],
  ['grok-of-tomorrow', { stop: false, reasoning: false, image: true }],
])('knows what %s takes', (model, expected) => {
  const { parameters, input } = capabilitiesOf(manifest, model)
  expect({
    stop: 'stop' in parameters,
    reasoning: 'reasoning' in parameters,
    image: input.includes('image'),
  }).toEqual(expected)
})
