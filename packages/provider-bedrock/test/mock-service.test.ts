import { LLMock } from '@copilotkit/aimock'
import { collectStream } from '@llmfb/core/provider'
import type { Provider } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from './connect.ts'

// A mock of the service that others wrote does not tell the classes of errors, so that the status has to do.
const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
let provider: Provider

beforeAll(async () => {
  mock.on({ userMessage: /^Fail$/ }, { error: { message: 'Slow down', type: 'rate_limit' }, status: 429 })
  await mock.start()
  const credentials = { accessKeyId: 'AKIDOFTHESETESTS', secretAccessKey: 'secret' }
  provider = await connect(mock.url, { credentials })
})
afterAll(() => mock.stop())

const ask = (content: string) =>
  ({ model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', messages: [{ role: 'user', content }] }) as const

test('an error without its class', async () => {
  await expect(provider.chat(ask('Fail'))).rejects.toMatchObject({ status: 429, kind: 'rate-limit' })
  await expect(collectStream(provider.stream(ask('Fail')))).rejects.toMatchObject({ status: 429, kind: 'rate-limit' })
})
