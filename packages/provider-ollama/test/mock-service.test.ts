import { LLMock } from '@copilotkit/aimock'
import { isProviderError, type Provider } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect, connect, rejectionOf } from './connect.ts'

const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
let provider: Provider

beforeAll(async () => {
  mock.addFixtures([
    { match: { userMessage: /^Why the sky\?$/ }, response: { content: 'Because of Rayleigh scattering.' } },
    {
      match: { userMessage: /^The weather\?$/ },
      response: { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Kyiv"}' }] },
    },
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
const tools = [
  { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
] as const

test('text', async () => {
  expect(await provider.chat(ask('Why the sky?'))).toMatchObject({
    text: 'Because of Rayleigh scattering.',
    finishReason: { unified: 'stop' },
    model: 'llama3.2',
  })
})

test('a stream', async () => {
  const events = await collect(provider.stream(ask('Why the sky?')))
  expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe(
    'Because of Rayleigh scattering.',
  )
  expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } })
})

test('tools', async () => {
  const request = { ...ask('The weather?'), tools }
  const call = { type: 'tool-call', id: 'call_0', name: 'get_weather', arguments: '{"city":"Kyiv"}' }
  expect(await provider.chat(request)).toMatchObject({ content: [call], finishReason: { unified: 'tool-calls' } })
  const events = await collect(provider.stream(request))
  expect(events.find(({ type }) => type === 'tool-call')).toMatchObject(call)
})

test('an error that is an object', async () => {
  const error = await rejectionOf(provider.chat(ask('Too much')))
  expect(isProviderError(error)).toBe(true)
  expect(error).toMatchObject({ kind: 'rate-limit', status: 429, message: expect.stringContaining('Slow down') })
})

test('the models', async () => {
  expect(await provider.models?.list()).toBeInstanceOf(Array)
})
