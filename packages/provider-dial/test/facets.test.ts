import { startWireServer } from '@llmfb/conformance'
import { expect, it } from 'vitest'
import { connect } from './connect.ts'

it('lists the models of the service, with what it says of their windows', async () => {
  const server = await startWireServer()
  try {
    const data = [
      { id: 'gpt-4o', limits: { max_total_tokens: 128_000, max_completion_tokens: 4096 } },
      { id: 'plain', object: 'model' },
      { object: 'model' },
    ]
    server.answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ object: 'list', data }) })
    const provider = await connect({ baseURL: server.url })
    expect(await provider.models?.list()).toEqual([
      { id: 'gpt-4o', contextWindow: 128_000, maxOutputTokens: 4096 },
      { id: 'plain' },
    ])
    await provider.health?.probe()
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/openai/models'],
      ['GET', '/openai/models'],
    ])
  } finally {
    await server.close()
  }
})
