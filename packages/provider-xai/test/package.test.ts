import { capabilitiesOf } from '@llmfb/core/provider'
import { manifest, xai } from '@llmfb/provider-xai'
import { execFileSync } from 'node:child_process'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-xai'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(['manifest', 'xai'])
})

it('names what is configured in code, and the id it is registered under', () => {
  expect(xai()).toMatchObject({ specificationVersion: 1, manifest, configured: [] })
  const plugin = xai({ id: 'xai-eu', apiKey: 'k', baseURL: 'https://eu.example.org/v1' })
  expect(plugin.manifest).toEqual({ ...manifest, id: 'xai-eu' })
  expect(plugin.configured).toEqual(['apiKey', 'baseURL'])
})

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

it('loads no SDK before its provider is made', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { xai } = await import('@llmfb/provider-xai')
    const sdk = () => loaded.filter((url) => url.includes('node_modules/openai/')).length
    const plugin = xai({ apiKey: 'k' })
    const before = sdk()
    await plugin.create({ id: 'xai', credentials: {} })
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
