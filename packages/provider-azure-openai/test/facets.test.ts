import { startWireServer } from '@llmfb/conformance'
import { expect, it } from 'vitest'
import { connect, testKey } from './connect.ts'

it('makes vectors through v1, and through no other API', async () => {
  const server = await startWireServer()
  try {
    const data = [{ index: 0, embedding: Buffer.from(Float32Array.of(0.5, -2).buffer).toString('base64') }]
    server.answer({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object: 'list', model: 'text-embedding-3-small', data, usage: { prompt_tokens: 4 } }),
    })
    const provider = await connect({ baseURL: server.url })
    const { embeddings, usage } = (await provider.embeddings?.embed({ model: 'our-vectors', inputs: ['Hi'] })) ?? {}
    expect(embeddings).toEqual([[0.5, -2]])
    expect(usage).toMatchObject({ uncachedInputTokens: 4 })
    expect(server.requests[0]).toMatchObject({
      path: '/openai/v1/embeddings',
      headers: { 'api-key': testKey },
      body: { model: 'our-vectors', input: ['Hi'] },
    })
    expect((await connect({ baseURL: server.url, api: 'deployments' })).embeddings).toBeUndefined()
  } finally {
    await server.close()
  }
})
