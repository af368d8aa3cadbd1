import { LLMock } from '@copilotkit/aimock'
import { collectStream } from '@llmfb/core/provider'
import type { Provider } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from './connect.ts'

// The whole way, against a mock of the service that others wrote. It does not tell the classes of errors.
const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
let provider: Provider

beforeAll(async () => {
  mock.on({ userMessage: /^Say hello$/ }, { content: 'Hello there' })
  mock.on({ userMessage: /^Weather\?$/ }, { toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }] })
  mock.on({ userMessage: /^Think$/ }, { content: 'Four', reasoning: 'Two and two' })
  mock.on({ userMessage: /^Fail$/ }, { error: { message: 'Slow down', type: 'rate_limit' }, status: 429 })
  await mock.start()
  const credentials = { accessKeyId: 'AKIDOFTHESETESTS', secretAccessKey: 'secret' }
  provider = await connect(mock.url, { credentials })
})
afterAll(() => mock.stop())

const ask = (content: string) =>
  ({ model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', messages: [{ role: 'user', content }] }) as const

test('text, whole and streamed', async () => {
  for (const response of [
    await provider.chat(ask('Say hello')),
    await collectStream(provider.stream(ask('Say hello'))),
  ]) {
    expect(response).toMatchObject({ text: 'Hello there', finishReason: { unified: 'stop', raw: 'end_turn' } })
  }
})

test('tool calls, whole and streamed', async () => {
  const request = { ...ask('Weather?'), tools: [{ name: 'weather', parameters: { type: 'object' } }] } as const
  for (const response of [await provider.chat(request), await collectStream(provider.stream(request))]) {
    expect(response.content).toMatchObject([{ type: 'tool-call', name: 'weather', arguments: '{"city":"Rome"}' }])
    expect(response.finishReason.unified).toBe('tool-calls')
  }
})

test('thinking, whole and streamed', async () => {
  for (const response of [await provider.chat(ask('Think')), await collectStream(provider.stream(ask('Think')))]) {
    expect(response.content.map(({ type }) => type)).toEqual(['reasoning', 'text'])
    expect(response.text).toBe('Four')
  }
})

test('an error', async () => {
  await expect(provider.chat(ask('Fail'))).rejects.toMatchObject({ status: 429, kind: 'rate-limit' })
  await expect(collectStream(provider.stream(ask('Fail')))).rejects.toMatchObject({ status: 429, kind: 'rate-limit' })
})
