import { startWireServer } from '@llmfb/conformance'
import { expect, it } from 'vitest'
import { connect } from './connect.ts'

it('lists the models of the service, with what it says of their windows', async () => {
  const server = await startWireServer()
  try {
    const data = [
      { id: 'openai/gpt-5.1', context_length: 400_000, top_provider: { max_completion_tokens: 128_000 } },
      { id: 'plain', object: 'model' },
      { object: 'model' },
    ]
    server.answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ object: 'list', data }) })
    const provider = await connect({ baseURL: server.url })
    expect(await provider.models?.list()).toEqual([
      { id: 'openai/gpt-5.1', contextWindow: 400_000, maxOutputTokens: 128_000 },
      { id: 'plain' },
    ])
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([['GET', '/models']])
  } finally {
    await server.close()
  }
})

it('asks for its own key to find out whether the service takes it', async () => {
  const server = await startWireServer()
  try {
    const headers = { 'content-type': 'application/json' }
    server.answer({ headers, body: '{"data":{"label":"sk-or-v1-0e6...1c9","limit_remaining":null}}' })
    const provider = await connect({ baseURL: server.url })
    await provider.health?.probe()
    server.answer({ status: 401, headers, body: '{"error":{"message":"User not found.","code":401}}' })
    await expect(provider.health?.probe()).rejects.toMatchObject({ kind: 'authentication', status: 401 })
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/key'],
      ['GET', '/key'],
    ])
    expect(provider.health?.cost).toBe('free')
  } finally {
    await server.close()
  }
})
