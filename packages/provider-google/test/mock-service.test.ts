import { LLMock } from '@copilotkit/aimock'
import type { Provider, StreamEvent } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect, connect } from './connect.ts'

// The whole way, against a mock of the service that others wrote.
const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
let provider: Provider

beforeAll(async () => {
  mock.on({ userMessage: /^Say hello$/ }, { content: 'Hello there' })
  mock.on({ userMessage: /^Weather\?$/ }, { toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }] })
  mock.on({ userMessage: /^Think$/ }, { content: 'Four', reasoning: 'Two and two' })
  await mock.start()
  provider = await connect(mock.url)
})
afterAll(() => mock.stop())

const ask = (content: string) => ({ model: 'gemini-2.5-flash', messages: [{ role: 'user', content }] }) as const

function join(events: readonly StreamEvent[], type: 'text-delta' | 'reasoning-delta'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('')
}

test('text', async () => {
  const response = await provider.chat(ask('Say hello'))
  expect(response).toMatchObject({ text: 'Hello there', finishReason: { unified: 'stop', raw: 'STOP' } })
})

test('a stream', async () => {
  const events = await collect(provider.stream(ask('Say hello')))
  expect(join(events, 'text-delta')).toBe('Hello there')
  expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } })
})

test('tool calls, whole and streamed', async () => {
  const request = { ...ask('Weather?'), tools: [{ name: 'weather', parameters: { type: 'object' } }] } as const
  const response = await provider.chat(request)
  expect(response.content).toMatchObject([{ type: 'tool-call', name: 'weather', arguments: '{"city":"Rome"}' }])
  expect(response.finishReason.unified).toBe('tool-calls')
  const events = await collect(provider.stream(request))
  const call = events.find(({ type }) => type === 'tool-call')
  expect(call).toMatchObject({ index: 0, name: 'weather', arguments: '{"city":"Rome"}' })
})

test('thinking, whole and streamed', async () => {
  const response = await provider.chat({ ...ask('Think'), reasoning: { effort: 'low' } })
  expect(response.content.map(({ type }) => type)).toEqual(['reasoning', 'text'])
  const events = await collect(provider.stream(ask('Think')))
  expect([join(events, 'reasoning-delta'), join(events, 'text-delta')]).toEqual(['Two and two', 'Four'])
})

test('an error', async () => {
  await expect(provider.chat(ask('Nothing matches this'))).rejects.toMatchObject({
    status: 404,
    kind: 'model-not-found',
  })
})
