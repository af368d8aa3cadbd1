import { capabilitiesOf } from '@llmfb/core/provider'
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import * as surface from '../src/index.ts'

test('exports what is documented', () => {
  expect(Object.keys(surface).sort()).toEqual(['anthropic', 'defaultMaxTokens', 'manifest'])
})

test('loads no SDK before the provider is used', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { anthropic } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)})
    const plugin = anthropic()
    const early = loaded.filter((url) => url.includes('@anthropic-ai')).length
    await plugin.create({ id: 'anthropic', credentials: {}, clock: {}, logger: {} })
    console.log(JSON.stringify([early, loaded.some((url) => url.includes('@anthropic-ai'))]))
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
  expect(surface.anthropic()).toMatchObject({ specificationVersion: 1, manifest: { id: 'anthropic' } })
  expect(surface.anthropic().configured).toEqual([])
  expect(surface.anthropic({ id: 'eu', apiKey: 'k' })).toMatchObject({ manifest: { id: 'eu' }, configured: ['apiKey'] })
})

test.each([
  ['claude-3-haiku-20240307', 4096, undefined, false],
  ['claude-3-7-sonnet-20250219', 64_000, ['none'], true],
  ['claude-opus-4-20250514', 32_000, ['none'], true],
  ['claude-sonnet-4-0', 64_000, ['none'], true],
  ['claude-opus-4-1', 32_000, ['none'], true],
  ['claude-haiku-4-5-20251001', 64_000, ['none'], true],
  ['claude-opus-4-5-20251101', 64_000, ['none', 'low', 'medium', 'high'], true],
  ['claude-opus-4-6', 128_000, ['none', 'low', 'medium', 'high', 'max'], true],
  ['claude-opus-4-8', 128_000, ['none', 'low', 'medium', 'high', 'xhigh', 'max'], false],
  ['claude-fable-5-2', 128_000, ['low', 'medium', 'high', 'xhigh', 'max'], false],
  ['claude-opus-5-5', 128_000, ['low', 'medium', 'high', 'xhigh', 'max'], false],
  ['claude-sonnet-9', 128_000, ['none', 'low', 'medium', 'high', 'xhigh', 'max'], false],
  ['somebody-else', undefined, ['low', 'medium', 'high'], false],
])('%s: at most %s tokens, efforts %s, budget %s', (model, maxOutputTokens, efforts, budget) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  const range = capabilities.parameters.reasoning
  expect(capabilities.maxOutputTokens).toBe(maxOutputTokens)
  expect(range?.type === 'reasoning' ? range.efforts : undefined).toEqual(efforts)
  expect(range?.type === 'reasoning' && range.budgetTokens !== undefined).toBe(budget)
})
