import { capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { dial, type DialOptions, manifest } from '@llmfb/provider-dial'
import { execFileSync } from 'node:child_process'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-dial'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(['dial', 'manifest'])
})

test.each<[DialOptions, readonly string[]]>([
  [{}, []],
  [{ apiKey: 'k' }, ['apiKey']],
  [{ token: () => 't', baseURL: 'https://r.example' }, ['apiKey', 'baseURL']],
])('names what is configured in code: %o', (options, configured) => {
  expect(dial(options)).toMatchObject({ specificationVersion: 1, manifest, configured })
})

it('is registered under the id that it was given', () => {
  expect(dial({ id: 'dial-eu' }).manifest).toEqual({ ...manifest, id: 'dial-eu' })
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

it('loads no SDK before its provider is made', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { dial } = await import('@llmfb/provider-dial')
    const sdk = () => loaded.filter((url) => /node_modules\\/(?:openai|@azure)\\//.test(url)).length
    const plugin = dial({ apiKey: 'k', baseURL: 'https://r.example' })
    const before = sdk()
    await plugin.create({ id: 'dial', credentials: {} })
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
