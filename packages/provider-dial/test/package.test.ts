import { testPackage } from '@llmfb/conformance'
import { capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { dial, manifest } from '@llmfb/provider-dial'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-dial'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['dial', 'manifest'] })

it('takes a token for its key', () => {
  expect(dial({ token: () => 't' }).configured).toEqual(['apiKey'])
})

it('refuses a key beside a token, and an address that it does not know', async () => {
  const context = { id: 'dial', credentials: {} } as ProviderContext
  expect(() => dial({ apiKey: 'k', token: () => 't' })).toThrow('not both')
  await expect(async () => dial({ apiKey: 'k' }).create(context)).rejects.toMatchObject({
    code: 'invalid-config',
    issues: [{ path: 'dial.baseURL' }],
  })
})

test.each([
  ['gpt-4o', { temperature: true, reasoning: false, promptCache: false }],
  ['gpt-5-mini', { temperature: false, reasoning: true, promptCache: false }],
  ['gpt-5-chat', { temperature: true, reasoning: false, promptCache: false }],
  ['o3-mini', { temperature: false, reasoning: true, promptCache: false }],
  ['anthropic.claude-sonnet-4-5', { temperature: true, reasoning: false, promptCache: true }],
  ['applications/public/our-app', { temperature: true, reasoning: false, promptCache: false }],
])('knows what %s takes', (model, expected) => {
  const { parameters, promptCache } = capabilitiesOf(manifest, model)
  expect({ temperature: 'temperature' in parameters, reasoning: 'reasoning' in parameters, promptCache }).toEqual(
    expected,
  )
})

it('is admitted only by name', () => {
  expect(manifest.tier).toBe('experimental')
})
