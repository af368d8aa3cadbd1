import { capabilitiesOf } from '@llmfb/core/provider'
import { execFileSync } from 'node:child_process'
import { expect, test, vi } from 'vitest'
import * as surface from '../src/index.ts'

test('exports what is documented', () => {
  expect(Object.keys(surface).sort()).toEqual(['google', 'manifest'])
})

test('loads no SDK before the provider is used', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { google } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)})
    const plugin = google()
    const early = loaded.filter((url) => url.includes('@google/genai')).length
    await plugin.create({ id: 'google', credentials: {}, clock: {}, logger: {} })
    console.log(JSON.stringify([early, loaded.some((url) => url.includes('@google/genai'))]))
  `
  const node = [
    '--conditions=@llmfb/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    script,
  ]
  const cwd = new URL('..', import.meta.url)
  expect(JSON.parse(execFileSync(process.execPath, node, { cwd, encoding: 'utf8' }))).toEqual([0, true])
})

test('is registered under the id it is given, and says that its key is there', () => {
  expect(surface.google()).toMatchObject({ specificationVersion: 1, manifest: { id: 'google' } })
  expect(surface.google().configured).toEqual([])
  expect(surface.google({ id: 'eu', apiKey: 'k' })).toMatchObject({ manifest: { id: 'eu' }, configured: ['apiKey'] })
})

test('a key under its other name will do', () => {
  vi.stubEnv('GOOGLE_API_KEY', 'k')
  expect(surface.google().configured).toEqual(['apiKey'])
  vi.unstubAllEnvs()
})

test.each([
  ['gemini-1.5-pro', 8192, undefined, undefined],
  ['gemini-2.0-flash', 8192, undefined, undefined],
  ['gemini-2.5-flash-lite', 65_536, ['none', 'low', 'medium', 'high'], 512],
  ['gemini-2.5-flash-preview-09-2025', 65_536, ['none', 'low', 'medium', 'high'], 1],
  ['gemini-2.5-flash-image', 32_768, undefined, undefined],
  ['models/gemini-2.5-pro', 65_536, ['low', 'medium', 'high'], 128],
  ['gemini-3-pro-preview', 65_536, ['low', 'high'], undefined],
  ['gemini-3.1-pro-preview', 65_536, ['low', 'medium', 'high'], undefined],
  ['gemini-3-flash-preview', 65_536, ['minimal', 'low', 'medium', 'high'], undefined],
  ['gemini-3.1-flash-lite', 65_536, ['minimal', 'low', 'medium', 'high'], undefined],
  ['gemini-3.8-flash', 65_536, ['low', 'medium', 'high'], undefined],
  ['gemini-flash-latest', 65_536, ['low', 'medium', 'high'], undefined],
  ['somebody-else', undefined, ['low', 'medium', 'high'], undefined],
])('%s: at most %s tokens, efforts %s, budget from %s', (model, maxOutputTokens, efforts, budget) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  const range = capabilities.parameters.reasoning
  expect(capabilities.maxOutputTokens).toBe(maxOutputTokens)
  expect(range?.type === 'reasoning' ? range.efforts : undefined).toEqual(efforts)
  expect(range?.type === 'reasoning' ? range.budgetTokens?.min : undefined).toBe(budget)
})
