import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf } from '@llmfb/core/provider'
import { manifest, openai } from '@llmfb/provider-openai'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-openai'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['manifest', 'openai'] })

it('refuses an API that it does not know', () => {
  expect(() => openai({ api: 'messages' as 'responses' })).toThrow(
    expect.objectContaining({ code: 'invalid-config', issues: [{ path: 'openai.api', problem: expect.anything() }] }),
  )
})

test.each([
  ['gpt-4o', { temperature: true, reasoning: false, stop: true, image: true, schema: true }],
  ['gpt-4.1-mini', { temperature: true, reasoning: false, stop: true, image: true, schema: true }],
  [
    'ft:gpt-4o-mini-2024-07-18:acme::abc',
    { temperature: true, reasoning: false, stop: true, image: true, schema: true },
  ],
  ['a-model-of-tomorrow', { temperature: true, reasoning: false, stop: true, image: true, schema: true }],
  ['gpt-3.5-turbo', { temperature: true, reasoning: false, stop: true, image: false, schema: false }],
  ['gpt-4', { temperature: true, reasoning: false, stop: true, image: false, schema: false }],
  ['gpt-5-chat-latest', { temperature: true, reasoning: false, stop: true, image: true, schema: true }],
  ['o1', { temperature: false, reasoning: true, stop: true, image: true, schema: true }],
  ['o3-mini-2025-01-31', { temperature: false, reasoning: true, stop: true, image: false, schema: true }],
  ['o4-mini', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['ft:o4-mini-2025-04-16:acme::abc', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['gpt-5', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['gpt-5-mini-2025-08-07', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['gpt-5.4-mini', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['gpt-5.6-sol', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['gpt-6-astra', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
  ['gpt-6.1-terra', { temperature: false, reasoning: true, stop: false, image: true, schema: true }],
])('knows what %s takes', (model, expected) => {
  const { parameters, input, responseFormats } = capabilitiesOf(manifest, model)
  for (const name of ['temperature', 'topP', 'presencePenalty', 'frequencyPenalty'] as const) {
    expect(name in parameters).toBe(expected.temperature)
  }
  expect(parameters).not.toHaveProperty('topK')
  expect(parameters).toHaveProperty('maxTokens')
  expect({
    temperature: 'temperature' in parameters,
    reasoning: 'reasoning' in parameters,
    stop: 'stop' in parameters,
    image: input.includes('image'),
    schema: responseFormats.includes('json-schema'),
  }).toEqual(expected)
})
