import { startWireServer } from '@llmfb/conformance'
import { expect, it } from 'vitest'
import { connect } from './connect.ts'

it('lists the models of the service, with what it says of their windows', async () => {
  const server = await startWireServer()
  try {
    const data = [
      { id: 'grok-4.3', object: 'model', context_length: 1_000_000 },
      { id: 'plain', object: 'model' },
      { object: 'model' },
    ]
    server.answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ object: 'list', data }) })
    const provider = await connect({ baseURL: server.url })
    expect(await provider.models?.list()).toEqual([{ id: 'grok-4.3', contextWindow: 1_000_000 }, { id: 'plain' }])
    await provider.health?.probe()
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/models'],
      ['GET', '/models'],
    ])
  } finally {
    await server.close()
  }
})
