import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { azureOpenAI, manifest } from '@llmfb/provider-azure-openai'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-azure-openai'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['azureOpenAI', 'manifest'] })

it('takes a token for its key', () => {
  expect(azureOpenAI({ entraToken: () => 't' }).configured).toEqual(['apiKey'])
})

it('refuses an API that it does not know', () => {
  expect(() => azureOpenAI({ api: 'v1' as 'responses' })).toThrow(
    expect.objectContaining({
      code: 'invalid-config',
      issues: [{ path: 'azureOpenAI.api', problem: expect.anything() }],
    }),
  )
})

it('refuses a key beside a token, and a resource that it does not know', async () => {
  const context = { id: 'azure-openai', credentials: {} } as ProviderContext
  expect(() => azureOpenAI({ apiKey: 'k', entraToken: () => 't' })).toThrow('not both')
  await expect(async () => azureOpenAI({ apiKey: 'k' }).create(context)).rejects.toMatchObject({
    code: 'invalid-config',
    issues: [{ path: 'azureOpenAI.baseURL' }],
  })
})

test.each([
  ['gpt-4o', { temperature: true, reasoning: false, image: true }],
  ['gpt-35-turbo-16k', { temperature: true, reasoning: false, image: false }],
  ['gpt-5-mini', { temperature: false, reasoning: true, image: true }],
  ['gpt-5-chat', { temperature: true, reasoning: false, image: true }],
  ['gpt-5.4', { temperature: false, reasoning: true, image: true }],
  ['o3-mini', { temperature: false, reasoning: true, image: false }],
  ['a-name-of-our-own', { temperature: true, reasoning: false, image: true }],
])('knows what %s takes', (model, expected) => {
  const { parameters, input } = capabilitiesOf(manifest, model)
  expect({
    temperature: 'temperature' in parameters,
    reasoning: 'reasoning' in parameters,
    image: input.includes('image'),
  }).toEqual(expected)
})
