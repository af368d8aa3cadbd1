import { LLMock } from '@copilotkit/aimock'
import { collectStream } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
beforeAll(async () => {
  mock.on({ userMessage: /^weather$/ }, { toolCalls: [{ name: 'weather', arguments: '{"city":"Kyiv"}' }] })
  mock.on({ userMessage: /^slow down$/ }, { error: { message: 'slow down', code: 'rate_limit_exceeded' }, status: 429 })
  mock.on({ userMessage: /^hello$/ }, { content: 'Hello from the mock.' })
  await mock.start()
})
afterAll(() => mock.stop())

const ask = (content: string) => ({ model: 'grok-4.3', messages: [{ role: 'user', content }] }) as const
const tools = [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }] as const

test.each(['chat-completions', 'responses'] as const)('answers, streams and calls tools over %s', async (api) => {
  const provider = await connect({ baseURL: `${mock.url}/v1`, api })
  const said = { text: 'Hello from the mock.', finishReason: { unified: 'stop' }, provider: 'xai' }
  expect(await provider.chat(ask('hello'))).toMatchObject(said)
  expect(await collectStream(provider.stream(ask('hello')))).toMatchObject(said)
  const call = { type: 'tool-call', name: 'weather', arguments: '{"city":"Kyiv"}' }
  for (const called of [
    await provider.chat({ ...ask('weather'), tools }),
    await collectStream(provider.stream({ ...ask('weather'), tools })),
  ]) {
    expect(called.finishReason.unified).toBe('tool-calls')
    expect(called.content.at(-1)).toMatchObject(call)
  }
})

it('fails as the service says', async () => {
  const provider = await connect({ baseURL: `${mock.url}/v1` })
  await expect(provider.chat(ask('slow down'))).rejects.toMatchObject({ kind: 'rate-limit', status: 429 })
})
