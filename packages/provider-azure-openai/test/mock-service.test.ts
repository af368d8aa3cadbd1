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

const ask = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user', content }] }) as const
const tools = [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }] as const

test.each(['chat-completions', 'responses', 'deployments'] as const)(
  'answers, streams and calls tools over %s',
  async (api) => {
    const provider = await connect({ baseURL: mock.url, api })
    const said = { text: 'Hello from the mock.', finishReason: { unified: 'stop' }, provider: 'azure-openai' }
    expect(await provider.chat(ask('hello'))).toMatchObject(said)
    expect(await collectStream(provider.stream(ask('hello')))).toMatchObject(said)
    const called = {
      content: [{ type: 'tool-call', name: 'weather', arguments: '{"city":"Kyiv"}' }],
      finishReason: { unified: 'tool-calls' },
    }
    expect(await provider.chat({ ...ask('weather'), tools })).toMatchObject(called)
    expect(await collectStream(provider.stream({ ...ask('weather'), tools }))).toMatchObject(called)
  },
)

it('fails as the service says', async () => {
  const provider = await connect({ baseURL: mock.url })
  await expect(provider.chat(ask('slow down'))).rejects.toMatchObject({ kind: 'rate-limit', status: 429 })
})
