import { describe, expect, it } from 'vitest'
import { createOpenAIClient } from './openai-client.ts'

/** A client whose calls are not sent, and the headers they would have gone out with. */
function createRecorded(): { client: ReturnType<typeof createOpenAIClient>; sent: Headers[] } {
  const sent: Headers[] = []
  const client = createOpenAIClient({
    baseURL: 'http://127.0.0.1:1/v1',
    headers: { authorization: 'Bearer first', 'x-own': 'mine' },
    timeoutMs: 5000,
    async fetch(_, init) {
      const headers = new Headers(init?.headers)
      sent.push(headers)
      if (init?.headers instanceof Headers) init.headers.append('x-own', 'of whoever sends')
      return Response.json({})
    },
  })
  return { client, sent }
}

describe('headers of the SDK', () => {
  it('are the same for every call, whatever was done to those of another', async () => {
    const { client, sent } = createRecorded()
    for (let call = 0; call < 3; call++) await client.post('/a', { body: { call } })
    expect(Object.fromEntries(sent[0] ?? [])).toMatchObject({
      authorization: 'Bearer first',
      'content-type': 'application/json',
      'x-own': 'mine',
      'x-stainless-lang': 'js',
    })
    expect([...(sent[1] ?? [])]).toEqual([...(sent[0] ?? [])])
    expect([...(sent[2] ?? [])]).toEqual([...(sent[0] ?? [])])
  })

  it('are those of the call where it has its own, and of its kind', async () => {
    const { client, sent } = createRecorded()
    await client.post('/a', { body: {} })
    await client.post('/a', { body: {}, headers: { authorization: 'Bearer second' } })
    await client.get('/a')
    await client.post('/a', { body: {} })
    expect(sent.map((headers) => headers.get('authorization'))).toEqual([
      'Bearer first',
      'Bearer second',
      'Bearer first',
      'Bearer first',
    ])
    expect(sent.map((headers) => headers.has('content-type'))).toEqual([true, true, false, true])
  })

  it('hold no key where none was given', async () => {
    const sent: Headers[] = []
    const client = createOpenAIClient({
      baseURL: 'http://127.0.0.1:1/v1',
      headers: {},
      timeoutMs: 5000,
      fetch: async (_, init) => {
        sent.push(new Headers(init?.headers))
        return Response.json({})
      },
    })
    await client.post('/a', { body: {} })
    expect(sent.map((headers) => headers.has('authorization'))).toEqual([false])
  })
})
