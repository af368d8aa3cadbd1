import { capabilitiesOf } from '@llmfb/core/provider'
import { expect, test, vi } from 'vitest'
import * as surface from '../src/index.ts'
import { connect, rejectionOf } from './connect.ts'

vi.mock('ollama/browser', () => {
  throw new Error('the SDK was loaded')
})

test('the surface', () => {
  expect(Object.keys(surface).toSorted()).toEqual(['manifest', 'ollama'])
})

test('the SDK is loaded when the provider is made, and not before', async () => {
  const plugin = surface.ollama({ apiKey: 'k' })
  expect(plugin).toMatchObject({
    specificationVersion: 1,
    configured: ['apiKey'],
    manifest: { id: 'ollama', tier: 'beta' },
  })
  expect(await rejectionOf(connect({}))).toMatchObject({ cause: { message: 'the SDK was loaded' } })
})

test('another id', () => {
  expect(surface.ollama({ id: 'gpu-box', baseURL: 'gpu-box' })).toMatchObject({
    configured: ['baseURL'],
    manifest: { id: 'gpu-box', name: 'Ollama' },
  })
  expect(surface.manifest.id).toBe('ollama')
})

test('the manifest is data', () => {
  expect(structuredClone(surface.manifest)).toEqual(surface.manifest)
  expect(surface.manifest.credentials.filter(({ required }) => required)).toEqual([])
})

test.for<[string, Record<string, unknown>]>([
  ['llama3.2', { tools: true, reasoning: false, input: [] }],
  ['llama3.2:1b', { tools: true, reasoning: false, input: [] }],
  ['llama3.2-vision:11b', { tools: false, input: ['image'] }],
  ['gpt-oss:120b-cloud', { tools: true, reasoning: true, input: [] }],
  ['qwen3:8b', { tools: true, reasoning: true, input: ['image'] }],
  ['someone/gemma3-tools', { tools: true, reasoning: true }],
])('what is declared of %s', ([model, expected]) => {
  const capabilities = capabilitiesOf(surface.manifest, model)
  expect(capabilities).toMatchObject(expected)
  expect('reasoning' in capabilities.parameters).toBe(capabilities.reasoning)
})
