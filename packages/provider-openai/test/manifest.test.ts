import { capabilitiesOf } from '@llmfb/core/provider'
import { manifest, openai } from '@llmfb/provider-openai'
import { execFileSync } from 'node:child_process'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-openai'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(['manifest', 'openai'])
})

it('names what is configured in code, and the id it is registered under', () => {
  expect(openai()).toMatchObject({ specificationVersion: 1, manifest, configured: [] })
  const plugin = openai({ id: 'openai-eu', apiKey: 'k', baseURL: 'https://eu.example.org/v1' })
  expect(plugin.manifest).toEqual({ ...manifest, id: 'openai-eu' })
  expect(plugin.configured).toEqual(['apiKey', 'baseURL'])
})

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

it('loads no SDK before its provider is made', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { openai } = await import('@llmfb/provider-openai')
    const sdk = () => loaded.filter((url) => url.includes('node_modules/openai/')).length
    const plugin = openai({ apiKey: 'k' })
    const before = sdk()
    await plugin.create({ id: 'openai', credentials: {} })
    console.log(JSON.stringify({ before, after: sdk() > 0 }))`
  const args = [
    '--conditions=@llmfb/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    script,
  ]
  const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({ before: 0, after: true })
})
