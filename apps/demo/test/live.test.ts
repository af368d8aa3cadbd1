import { createRouter } from '@llmfb/core'
import type { Router } from '@llmfb/core'
import { createScriptedProvider } from '@llmfb/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { composeLiveRouter, findLocalModels } from '../src/compose.ts'
import { runLive } from '../src/live.ts'
import type { LiveParts, LocalModels } from '../src/live.ts'
import { startMockVendors } from '../src/mock-vendors.ts'
import type { Vendors } from '../src/mock-vendors.ts'
import { createPlainTerminal } from './terminals.ts'

let vendors: Vendors
beforeEach(async () => {
  vendors = await startMockVendors()
})
afterEach(() => vendors.stop())

const absent: LocalModels = { type: 'absent', reason: 'Ollama at http://127.0.0.1:11434 did not answer (ECONNREFUSED)' }

async function run(
  env: Record<string, string>,
  rest: Partial<LiveParts> = {},
): Promise<{ well: boolean; text: string }> {
  const terminal = createPlainTerminal()
  const well = await runLive({
    terminal,
    question: 'Why is the sea salty?',
    models: [],
    findLocalModels: () => Promise.resolve(absent),
    composeRouter: (targets) => composeLiveRouter(targets, env),
    signal: new AbortController().signal,
    ...rest,
  })
  return { well, text: terminal.text() }
}

test('asks whom there is a key for, and says who is left out and why', async () => {
  vendors.openai.play({ type: 'answer', text: 'Rivers carry\nsalt.' })
  const { well, text } = await run({ OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: `${vendors.openai.url}/v1` })
  expect(text).toContain('✓  OpenAI: openai/')
  expect(text).toMatch(/Anthropic is left out, missing-credentials: .*ANTHROPIC_API_KEY/)
  expect(text).toMatch(/Ollama is left out: .*ECONNREFUSED/s)
  expect(text).toContain('Why is the sea salty?')
  expect(text).toContain('   Rivers carry\n   salt.\n')
  expect(text).toMatch(/1 {2}openai\/\S+ +stage-1 +first +success/)
  expect(well).toBe(true)
  expect(vendors.openai.requests).toBe(1)
})

test('uses a local Ollama with a model that it has', async () => {
  vendors.ollama.play({ type: 'answer', text: 'Salt.' })
  const env = { OLLAMA_HOST: vendors.ollama.url }
  const { signal } = new AbortController()
  const found: LocalModels = { type: 'found', models: ['qwen3', 'llama3.2'] }
  expect(await findLocalModels(env, signal)).toMatchObject({ type: 'found' })
  const { well, text } = await run(env, { findLocalModels: () => Promise.resolve(found) })
  expect(text).toContain('✓  Ollama: ollama/qwen3')
  expect(text).toMatch(/ollama\/qwen3 .*success/)
  expect(well).toBe(true)
})

test('an Ollama that is not there is absent, with the reason', async () => {
  const { url } = vendors.ollama
  await vendors.stop()
  const { signal } = new AbortController()
  const local = await findLocalModels({ OLLAMA_HOST: url }, signal)
  vendors = await startMockVendors()
  expect(local).toMatchObject({ type: 'absent', reason: expect.stringContaining('ECONNREFUSED') })
})

test('with no usable provider it says what to set, and fails', async () => {
  const { well, text } = await run({})
  expect(well).toBe(false)
  expect(text).toContain('No provider can be used')
  for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY']) expect(text).toContain(name)
  expect(text).toContain('start Ollama')
})

test('a failure is told whole, and fails', async () => {
  vendors.openai.play({ type: 'refuse', status: 401, message: 'Incorrect API key', errorType: 'invalid_request_error' })
  const { well, text } = await run({ OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: `${vendors.openai.url}/v1` })
  expect(well).toBe(false)
  expect(text).toContain('authentication')
  expect(text).toMatch(/failure +authentication 401/)
})

test('models that are named are asked, in their order', async () => {
  const asked: (readonly string[])[] = []
  const compose = (targets: readonly string[]): Router => {
    asked.push(targets)
    return createRouter({ providers: [createScriptedProvider({ id: 'a' })], routes: { chat: targets }, env: {} })
  }
  const { well } = await run({}, { models: ['a/two', 'a/one'], composeRouter: compose })
  expect(well).toBe(true)
  expect(asked).toEqual([['a/two', 'a/one']])
})
