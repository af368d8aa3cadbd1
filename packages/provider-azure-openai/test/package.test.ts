import { capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { azureOpenAI, type AzureOpenAIOptions, manifest } from '@llmfb/provider-azure-openai'
import { execFileSync } from 'node:child_process'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-azure-openai'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(['azureOpenAI', 'manifest'])
})

test.each<[AzureOpenAIOptions, readonly string[]]>([
  [{}, []],
  [{ apiKey: 'k' }, ['apiKey']],
  [{ entraToken: () => 't', baseURL: 'https://r.example' }, ['apiKey', 'baseURL']],
])('names what is configured in code: %o', (options, configured) => {
  expect(azureOpenAI(options)).toMatchObject({ specificationVersion: 1, manifest, configured })
})

it('is registered under the id that it was given', () => {
  expect(azureOpenAI({ id: 'azure-eu' }).manifest).toEqual({ ...manifest, id: 'azure-eu' })
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

it('loads no SDK before its provider is made', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { azureOpenAI } = await import('@llmfb/provider-azure-openai')
    const sdk = () => loaded.filter((url) => /node_modules\\/(?:openai|@azure)\\//.test(url)).length
    const plugin = azureOpenAI({ apiKey: 'k', baseURL: 'https://r.example' })
    const before = sdk()
    await plugin.create({ id: 'azure-openai', credentials: {} })
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
