import { LLMock } from '@copilotkit/aimock'
import { isProviderError, type Provider } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, rejectionOf } from './connect.ts'

const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
let provider: Provider

beforeAll(async () => {
  mock.addFixtures([
    {
      match: { userMessage: /^Too much$/ },
      response: { error: { message: 'Slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 3 },
    },
  ])
  await mock.start()
  provider = await connect({ baseURL: mock.url })
})
afterAll(() => mock.stop())

const ask = (content: string) => ({ model: 'llama3.2', messages: [{ role: 'user', content }] }) as const

test('an error that is an object', async () => {
  const error = await rejectionOf(provider.chat(ask('Too much')))
  expect(isProviderError(error)).toBe(true)
  expect(error).toMatchObject({ kind: 'rate-limit', status: 429, message: expect.stringContaining('Slow down') })
})

test('the models', async () => {
  expect(await provider.models?.list()).toBeInstanceOf(Array)
})
