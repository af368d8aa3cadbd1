import { LLMock } from '@copilotkit/aimock'
import type { Provider, StreamEvent } from '@llmfb/core/provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

async function read(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

describe.each(['chat-completions', 'responses'] as const)('over %s', (api) => {
  let provider: Provider
  beforeAll(async () => {
    provider = await connect({ baseURL: `${mock.url}/v1`, api })
  })

  it('answers', async () => {
    expect(await provider.chat(ask('hello'))).toMatchObject({
      text: 'Hello from the mock.',
      finishReason: { unified: 'stop', raw: api === 'responses' ? 'completed' : 'stop' },
      provider: 'openai',
    })
  })

  it('streams', async () => {
    const events = await read(provider.stream(ask('hello')))
    const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
    expect(text).toBe('Hello from the mock.')
    expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } })
  })

  it('calls tools, streamed or not', async () => {
    const { content, finishReason } = await provider.chat({ ...ask('weather'), tools })
    expect(content).toMatchObject([{ type: 'tool-call', name: 'weather', arguments: '{"city":"Kyiv"}' }])
    expect(finishReason.unified).toBe('tool-calls')
    const events = await read(provider.stream({ ...ask('weather'), tools }))
    expect(events.filter(({ type }) => type === 'tool-call')).toMatchObject([
      { index: 0, name: 'weather', arguments: '{"city":"Kyiv"}' },
    ])
  })

  it('fails as the service says', async () => {
    await expect(provider.chat(ask('slow down'))).rejects.toMatchObject({ kind: 'rate-limit', status: 429 })
    await expect(read(provider.stream(ask('slow down')))).rejects.toMatchObject({ kind: 'rate-limit', status: 429 })
  })
})

it('lists models and makes vectors', async () => {
  const { models, embeddings, health } = await connect({ baseURL: `${mock.url}/v1` })
  expect((await models?.list())?.length).toBeGreaterThan(0)
  const vectors = await embeddings?.embed({ model: 'text-embedding-3-small', inputs: ['a', 'b'] })
  expect(vectors?.embeddings.map((vector) => vector.length > 1)).toEqual([true, true])
  await expect(health?.probe()).resolves.toBeUndefined()
})
