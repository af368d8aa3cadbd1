import { capabilitiesOf } from '@llmfb/core/provider'
import { manifest, openrouter } from '@llmfb/provider-openrouter'
import { execFileSync } from 'node:child_process'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-openrouter'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(['manifest', 'openrouter'])
})

it('names what is configured in code, and the id it is registered under', () => {
  expect(openrouter()).toMatchObject({ specificationVersion: 1, manifest, configured: [] })
  const plugin = openrouter({ id: 'openrouter-eu', apiKey: 'k', baseURL: 'https://eu.example.org/v1' })
  expect(plugin.manifest).toEqual({ ...manifest, id: 'openrouter-eu' })
  expect(plugin.configured).toEqual(['apiKey', 'baseURL'])
})

test.each([
  ['anthropic/claude-sonnet-4.6', { promptCache: true, cacheBreakpoints: 4 }],
  ['google/gemini-2.5-flash', { promptCache: true }],
  ['openai/gpt-5.6-sol', { promptCache: true }],
  ['openai/gpt-5.1', { promptCache: false }],
])('knows what caches %s has', (model, expected) => {
  const { cacheBreakpoints, promptCache } = capabilitiesOf(manifest, model)
  expect({ promptCache, ...(cacheBreakpoints !== undefined && { cacheBreakpoints }) }).toEqual(expected)
})

it('loads no SDK before its provider is made', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { openrouter } = await import('@llmfb/provider-openrouter')
    const sdk = () => loaded.filter((url) => url.includes('node_modules/openai/')).length
    const plugin = openrouter({ apiKey: 'k' })
    const before = sdk()
    await plugin.create({ id: 'openrouter', credentials: {} })
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
