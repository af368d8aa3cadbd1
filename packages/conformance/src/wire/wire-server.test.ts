import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startWireServer, type WireServer } from './wire-server.ts'

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

/** The pieces of the body as they arrive, and how it ended. */
async function receive(): Promise<{ pieces: string[]; failed: boolean; response: IncomingMessage }> {
  const outgoing = request(server.url, { agent: false }).end()
  outgoing.on('error', () => {}) // the response fails with it, too
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const pieces: string[] = []
  let failed = false
  try {
    for await (const piece of response) pieces.push(String(piece))
  } catch {
    failed = true
  }
  return { pieces, failed, response }
}

describe('startWireServer', () => {
  it('answers on loopback with the status, headers and body it was given', async () => {
    server.answer({ status: 429, headers: { 'Retry-After': '7', 'x-request-id': 'r1' }, body: '{"error":"slow"}' })
    const response = await fetch(server.url)
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(response.headers.get('x-request-id')).toBe('r1')
    expect(await response.text()).toBe('{"error":"slow"}')
  })

  it('leaves out recorded headers that speak of another transfer', async () => {
    const headers = {
      'Content-Length': '999',
      'content-encoding': 'gzip',
      'transfer-encoding': 'gzip',
      connection: 'close',
    }
    server.answer({ headers: { ...headers, 'content-type': 'text/plain' }, body: 'abc' })
    const { response, pieces } = await receive()
    expect(pieces.join('')).toBe('abc')
    expect(response.headers).toMatchObject({ 'content-type': 'text/plain', 'transfer-encoding': 'chunked' })
    expect(response.headers).not.toHaveProperty('content-length')
    expect(response.headers).not.toHaveProperty('content-encoding')
  })

  it('keeps what was asked, and may answer by it', async () => {
    server.answer(({ path }) => ({ body: `you asked for ${path}` }))
    const headers = { 'Content-Type': 'application/json', 'X-Key': 'k' }
    const response = await fetch(`${server.url}/v1/chat?a=b`, { method: 'POST', headers, body: '{"model":"m"}' })
    expect(await response.text()).toBe('you asked for /v1/chat?a=b')
    await (await fetch(server.url, { method: 'POST', body: 'plain' })).text()
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/v1/chat?a=b', headers: { 'x-key': 'k' }, body: { model: 'm' } },
      { method: 'POST', path: '/', body: 'plain' },
    ])
  })

  it('says so when it was given no answer', async () => {
    const response = await fetch(server.url)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('no answer')
  })

  it('sends bytes one by one', async () => {
    const body = 'data: ü🌤️\n\n'.repeat(50)
    server.answer({ body, pieces: 'bytes' })
    const response = await fetch(server.url)
    const sizes: number[] = []
    for await (const piece of response.body!) sizes.push(piece.length)
    // Whether each is read alone is up to the client's scheduling, too.
    expect(sizes.length).toBeGreaterThan(0.9 * Buffer.byteLength(body))
  })

  it('sends the same random pieces for the same seed, others for another', async () => {
    const body = 'abcdefghij'.repeat(50)
    const receiveSeed = async (seed: number) => {
      server.answer({ body, pieces: { seed } })
      return (await receive()).pieces
    }
    const first = await receiveSeed(1)
    expect(first.length).toBeGreaterThan(5)
    expect(first.join('')).toBe(body)
    expect(await receiveSeed(1)).toEqual(first)
    expect(await receiveSeed(2)).not.toEqual(first)
  })

  it('sends bytes that are no text as they are', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    server.answer({ body, pieces: { seed: 3 } })
    expect(new Uint8Array(await (await fetch(server.url)).arrayBuffer())).toEqual(body)
  })

  it.each(['whole', 'bytes', { seed: 4 }] as const)('ends early as if the body were complete (%j)', async (pieces) => {
    server.answer({ body: 'abcdefghij', pieces, cutAt: 4, cut: 'end' })
    const { pieces: received, failed } = await receive()
    expect(received.join('')).toBe('abcd')
    expect(failed).toBe(false)
  })

  it.each(['whole', 'bytes', { seed: 4 }] as const)('destroys the connection behind the cut (%j)', async (pieces) => {
    server.answer({ body: 'abcdefghij', pieces, cutAt: 4, cut: 'destroy' })
    const { pieces: received, failed } = await receive()
    expect(received.join('')).toBe('abcd')
    expect(failed).toBe(true)
  })

  it('destroys the connection behind a whole body, and before the first byte', async () => {
    server.answer({ body: 'abc', cut: 'destroy' })
    expect(await receive()).toMatchObject({ pieces: ['abc'], failed: true })
    server.answer({ body: 'abc', cutAt: 0, cut: 'destroy' })
    expect(await receive()).toMatchObject({ pieces: [], failed: true })
  })

  it.each(['half-close', 'reset'] as const)('ends the connection, and not the body (%s)', async (cut) => {
    server.answer({ body: 'abc', cut })
    const { pieces, failed } = await receive()
    // Bytes that were under way when the connection was reset may be lost.
    if (cut === 'half-close') expect(pieces).toEqual(['abc'])
    expect(failed).toBe(true)
    await vi.waitFor(() => expect(server.answering).toBe(0))
  })

  it('sends a body that has no end, until the client leaves', async () => {
    let ended = false
    async function* endless() {
      try {
        for (;;) yield 'more '
      } finally {
        ended = true
      }
    }
    server.answer({ body: endless() })
    const response = await fetch(server.url)
    const reader = response.body!.getReader()
    await reader.read()
    await reader.read()
    expect(server.answering).toBe(1)
    await reader.cancel()
    await vi.waitFor(() => expect([ended, server.answering]).toEqual([true, 0]))
  })

  it('answers later, or never, and tells when the client left', async () => {
    server.answer(() => Promise.resolve({ body: 'later' }))
    expect(await (await fetch(server.url)).text()).toBe('later')
    let left: AbortSignal | undefined
    server.answer((_, signal) => {
      left = signal
      return new Promise(() => {})
    })
    const leave = new AbortController()
    const asked = fetch(server.url, { signal: leave.signal })
    await vi.waitFor(() => expect(server.answering).toBe(1))
    expect(left?.aborted).toBe(false)
    leave.abort()
    await expect(asked).rejects.toThrow('abort')
    await vi.waitFor(() => expect([left?.aborted, server.answering]).toEqual([true, 0]))
  })

  it('refuses connections, breaks those it has, and takes new ones at the same address', async () => {
    server.answer({ body: 'abc', hold: true })
    const held = await fetch(server.url)
    await server.refuse()
    await expect(held.text()).rejects.toThrow('terminated')
    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    expect(server.requests).toHaveLength(1)
    await server.listen()
    server.answer({ body: 'back' })
    expect(await (await fetch(server.url)).text()).toBe('back')
    await server.refuse()
  })

  it('holds the connection open until the client leaves', async () => {
    server.answer({ body: 'abc', hold: true })
    const leave = new AbortController()
    const response = await fetch(server.url, { signal: leave.signal })
    const reader = response.body!.getReader()
    expect((await reader.read()).value).toHaveLength(3)
    const more = reader.read()
    // Another exchange, begun and ended meanwhile, shows that the first one is still open and not just slow.
    server.answer({ body: 'x' })
    await receive()
    expect(server.openSockets).toBeGreaterThanOrEqual(1)
    leave.abort()
    await expect(more).rejects.toThrow('abort')
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
  })

  it('counts a connection from its first request on, until it closes', async () => {
    const spare = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(spare, 'connect')
    server.answer({ body: 'abc' })
    await receive() // by now the server has taken the other connection, too
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
    spare.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(spare, 'data')
    expect(server.openSockets).toBe(1)
    spare.destroy()
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
  })

  it('leaves nothing behind when it closes, whatever clients are doing', async () => {
    server.answer({ body: 'abc', hold: true })
    const held = await Promise.all([fetch(server.url), fetch(server.url)])
    server.answer({ body: 'abc' })
    await (await fetch(server.url)).text() // its connection stays in the pool
    expect(server.openSockets).toBe(3)
    await server.close()
    expect(server.openSockets).toBe(0)
    for (const response of held) await expect(response.text()).rejects.toThrow('terminated')
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
    await server.close()
  })
})
