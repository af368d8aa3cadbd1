import {
  brotliCompressSync,
  createBrotliCompress,
  createDeflateRaw,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from 'node:zlib'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyReaderOf, createPool, type ExchangeTiming, type Pool, type PoolOptions } from '@llmfb/transport'
import { plain, type RawServer, startRawServer } from './raw-server.ts'

const open: (Pool | RawServer)[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await ('dispose' in one ? one.dispose() : one.close())
})

function pool(options?: PoolOptions): Pool {
  const made = createPool({ environment: {}, ...options })
  open.push(made)
  return made
}

async function serve(onRequest: (text: string, socket: Socket) => void): Promise<RawServer> {
  const server = await startRawServer(onRequest)
  open.push(server)
  return server
}

const post = {
  method: 'post',
  body: '{"a":1}',
  headers: { 'Content-Type': 'application/json', authorization: 'Bearer k' },
}

/** The code of the innermost cause that has one. */
async function failureOf(work: Promise<unknown>): Promise<{ message: string; code: unknown }> {
  const error = (await work.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  )) as Error & { cause?: { code?: unknown } }
  expect(error).toBeInstanceOf(TypeError)
  return { message: error.message, code: error.cause?.code }
}

describe('an exchange', () => {
  it('sends what was asked, and gives what was answered', async () => {
    let asked = ''
    const server = await serve((text, socket) => {
      asked += text
      if (asked.endsWith('{"a":1}'))
        socket.write(plain('{"b":"é"}', 'X-Two: 1\r\nx-two: 2\r\ncontent-type: application/json\r\n'))
    })
    const answer = await pool().fetch(`http://${server.host}/v1/x?y=1`, post)
    expect(asked).toMatch(/^POST \/v1\/x\?y=1 HTTP\/1\.1\r\n/)
    for (const line of [
      'content-type: application/json',
      'authorization: Bearer k',
      'content-length: 7',
      `host: ${server.host}`,
    ]) {
      expect(asked.split('\r\n')).toContain(line)
    }
    expect(answer).toMatchObject({ ok: true, status: 200, statusText: 'OK', redirected: false, bodyUsed: false })
    expect(answer.url).toBe(`http://${server.host}/v1/x?y=1`)
    expect(answer.headers.get('X-TWO')).toBe('1, 2')
    expect([...answer.headers.keys()].toSorted()).toEqual(['content-length', 'content-type', 'x-two'])
    expect(await answer.json()).toEqual({ b: 'é' })
    expect(answer.bodyUsed).toBe(true)
    await expect(answer.text()).rejects.toThrow(TypeError)
  })

  it.each(['text', 'body', 'reader', 'clone', 'blob', 'arrayBuffer'])('is read alike through %s', async (way) => {
    const server = await serve((_, socket) => socket.write(plain('blue sky')))
    const answer = await pool().fetch(`http://${server.host}/`)
    if (way === 'text') return expect(await answer.text()).toBe('blue sky')
    if (way === 'blob') return expect(await (await answer.blob()).text()).toBe('blue sky')
    if (way === 'arrayBuffer') return expect(new TextDecoder().decode(await answer.arrayBuffer())).toBe('blue sky')
    if (way === 'clone') {
      expect(await answer.clone().text()).toBe('blue sky')
      return expect(await answer.text()).toBe('blue sky')
    }
    if (way === 'reader') {
      const reader = bodyReaderOf(answer)
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('blue sky')
      expect(answer.body?.locked).toBe(true)
      return expect(await reader?.read()).toEqual({ value: undefined, done: true })
    }
    return expect(await new Response(answer.body).text()).toBe('blue sky')
  })

  it.each([204, 304])('has no body with %i', async (status) => {
    const server = await serve((_, socket) => socket.write(`HTTP/1.1 ${status} No\r\n\r\n`))
    const answer = await pool().fetch(`http://${server.host}/`)
    expect([answer.status, answer.body, bodyReaderOf(answer), await answer.text()]).toEqual([
      status,
      null,
      undefined,
      '',
    ])
  })

  it('passes over interim answers', async () => {
    const server = await serve((_, socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')
      socket.write(plain('x'))
    })
    expect(await (await pool().fetch(`http://${server.host}/`)).text()).toBe('x')
  })

  it('holds a service back whose bytes nobody takes, and loses none', async () => {
    const total = 64 * 2 ** 20
    const server = await serve((_, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`)
      socket.write(Buffer.alloc(total, 'x'))
    })
    const answer = await pool().fetch(`http://${server.host}/`)
    const socket = await server.socket()
    let before = -1
    while (before !== socket.bytesWritten - socket.writableLength) {
      before = socket.bytesWritten - socket.writableLength
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    }
    expect(socket.writableLength).toBeGreaterThan(0)
    expect((await answer.arrayBuffer()).byteLength).toBe(total)
  })

  it('tells what it took, and uses connections again', async () => {
    const server = await serve((_, socket) => socket.write(plain('x')))
    const timings: ExchangeTiming[] = []
    let now = 0
    const { fetch } = pool({ timing: { now: () => (now += 1), onHeaders: (timing) => timings.push(timing) } })
    for (let call = 0; call < 3; call++) await (await fetch(`http://${server.host}/`, post)).text()
    const origin = `http://${server.host}`
    const took = { origin, connectMs: 1, headersMs: 2 }
    expect(timings).toEqual([
      { ...took, reused: false },
      { ...took, reused: true },
      { ...took, reused: true },
    ])
    expect(server.connections).toBe(1)
  })

  it('leaves to the platform what the SDKs do not send', async () => {
    const server = await serve((_, socket) => socket.write(plain('x')))
    const answer = await pool().fetch(new Request(`http://${server.host}/`, { headers: { connection: 'close' } }))
    expect(answer).toBeInstanceOf(Response)
    expect(await answer.text()).toBe('x')
  })
})

describe('an abort', () => {
  const reason = new Error('left')

  it('closes a connection that is being made', async () => {
    const server = await serve(() => {}) // it never answers the greeting of TLS
    const controller = new AbortController()
    const answer = pool().fetch(`https://${server.host}/`, { ...post, signal: controller.signal })
    const socket = await server.socket()
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
    if (server.sockets.has(socket)) await server.left()
  })

  it('closes it before the headers', async () => {
    const controller = new AbortController()
    const server = await serve(() => controller.abort(reason))
    await expect(pool().fetch(`http://${server.host}/`, { ...post, signal: controller.signal })).rejects.toBe(reason)
    await server.left()
  })

  it.each(['reader', 'body', 'text', 'gzip'])('closes it within a body that is read through %s', async (way) => {
    const head = way === 'gzip' ? 'content-encoding: gzip\r\n' : ''
    const server = await serve((_, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}content-length: 100\r\n\r\n`)
      socket.write(way === 'gzip' ? gzipSync('blue').subarray(0, 12) : 'blue')
    })
    const controller = new AbortController()
    const answer = await pool().fetch(`http://${server.host}/`, { ...post, signal: controller.signal })
    const reader = way === 'reader' ? bodyReaderOf(answer) : way === 'body' ? answer.body?.getReader() : undefined
    await reader?.read()
    const rest = reader ? reader.read() : answer.text()
    controller.abort(reason)
    await expect(rest).rejects.toBe(reason)
    await server.left()
  })

  it('asks nothing when it came first, and does nothing when it comes last', async () => {
    const server = await serve((_, socket) => socket.write(plain('x')))
    const { fetch } = pool()
    await expect(fetch(`http://${server.host}/`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(server.connections).toBe(0)
    const controller = new AbortController()
    const answer = await fetch(`http://${server.host}/`, { signal: controller.signal })
    await bodyReaderOf(answer)?.read()
    controller.abort(reason)
    await (await fetch(`http://${server.host}/`)).text()
    expect(server.connections).toBe(1)
  })

  it('is what cancelling a body is to its connection, of which others know nothing', async () => {
    const server = await serve((_, socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nblue'))
    const { fetch } = pool()
    const [one, two] = await Promise.all([fetch(`http://${server.host}/`), fetch(`http://${server.host}/`)])
    const [first] = server.sockets
    await one?.body?.cancel()
    await once(first as Socket, 'close')
    expect(server.sockets.size).toBe(1)
    for (const socket of server.sockets) socket.write(' sky!')
    expect(await two?.text()).toBe('blue sky!')
  })
})

describe('a body that breaks off', () => {
  const cuts = {
    'half-closed': (socket: Socket) => void socket.end(),
    reset: (socket: Socket) => void socket.resetAndDestroy(),
  }
  const heads = {
    'a content-length': 'content-length: 100\r\n\r\nblue',
    'a content-length and connection: close': 'connection: close\r\ncontent-length: 100\r\n\r\nblue',
    chunks: 'transfer-encoding: chunked\r\n\r\n4\r\nblue\r\n',
    'chunks and connection: close': 'connection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nblue\r\n',
    'chunks without the last line end': 'connection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nblue\r\n0\r\n',
  }
  for (const [how, cut] of Object.entries(cuts)) {
    for (const [name, head] of Object.entries(heads)) {
      it.each(['reader', 'text'])(`is noticed with ${name}, ${how}, through %s`, async (way) => {
        const server = await serve((_, socket) => socket.write(`HTTP/1.1 200 OK\r\n${head}`))
        const answer = await pool().fetch(`http://${server.host}/`)
        const reader = way === 'reader' ? bodyReaderOf(answer) : undefined
        if (reader) expect(new TextDecoder().decode((await reader.read()).value)).toBe('blue')
        const rest = reader ? reader.read() : answer.text()
        cut(await server.socket())
        expect((await failureOf(rest)).message).toBe('terminated')
      })
    }
    it(`is noticed before the headers, ${how}`, async () => {
      const server = await serve((_, socket) => cut(socket))
      const { message, code } = await failureOf(pool().fetch(`http://${server.host}/`, post))
      expect(message).toBe('fetch failed')
      expect(code).toMatch(/^(?:UND_ERR_SOCKET|ECONNRESET)$/)
    })
  }

  it('is whole where only the end of the connection ends it', async () => {
    const server = await serve((_, socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nblue'))
    expect(await (await pool().fetch(`http://${server.host}/`)).text()).toBe('blue')
  })

  it('is told from one that is silent for too long', async () => {
    const server = await serve((_, socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nblue'))
    const answer = await pool({ bodyTimeoutMs: 50 }).fetch(`http://${server.host}/`)
    expect(await failureOf(answer.text())).toEqual({ message: 'terminated', code: 'UND_ERR_BODY_TIMEOUT' })
  })

  it('leaves a pool that goes on', async () => {
    let calls = 0
    const server = await serve((_, socket) => void (calls++ === 0 ? socket.destroy() : socket.write(plain('x'))))
    const { fetch } = pool()
    await failureOf(fetch(`http://${server.host}/`))
    expect(await (await fetch(`http://${server.host}/`)).text()).toBe('x')
  })

  it('says that nobody is there', async () => {
    const server = await startRawServer(() => {})
    await server.close()
    expect(await failureOf(pool().fetch(`http://${server.host}/`))).toEqual({
      message: 'fetch failed',
      code: 'ECONNREFUSED',
    })
  })
})

describe('a packed body', () => {
  const text = 'Why is the sky blue? '.repeat(1000)
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['GZIP', gzipSync(text)],
  ])('is unpacked: %s', async (coding, bytes) => {
    const server = await serve((_, socket) => socket.write(plain(bytes, `content-encoding: ${coding}\r\n`)))
    const { fetch } = pool()
    expect(await (await fetch(`http://${server.host}/`)).text()).toBe(text)
    expect(await new Response((await fetch(`http://${server.host}/`)).body).text()).toBe(text)
  })

  it('is unpacked as it comes', async () => {
    const packed = createGzip()
    const server = await serve((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n')
      packed.on('data', (piece: Buffer) =>
        socket.write(`${piece.length.toString(16)}\r\n${piece.toString('latin1')}\r\n`, 'latin1'),
      )
      packed.on('end', () => socket.write('0\r\n\r\n'))
    })
    const answer = await pool().fetch(`http://${server.host}/`)
    const reader = bodyReaderOf(answer)
    for (const piece of ['blue', 'sky']) {
      packed.write(piece)
      packed.flush()
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(piece)
    }
    packed.end()
    expect((await reader?.read())?.done).toBe(true)
  })

  it.each([
    ['gzip', createGzip, 20_000],
    ['gzip', createGzip, 5_000_000],
    ['deflate', createDeflateRaw, 5_000_000],
    ['br', createBrotliCompress, 5_000_000],
  ] as const)(
    'whose connection breaks is read as far as it came, then an error: %s',
    async (coding, create, length) => {
      const packed = create()
      const pieces: Buffer[] = []
      packed.on('data', (piece: Buffer) => pieces.push(piece))
      packed.write('x'.repeat(length))
      await new Promise<void>((resolve) => packed.flush(resolve))
      const bytes = Buffer.concat(pieces)
      const server = await serve((_, socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${bytes.length + 1}\r\n\r\n`)
        socket.end(bytes)
      })
      const answer = await pool().fetch(`http://${server.host}/`)
      const reader = bodyReaderOf(answer)
      let read = 0
      const reading = async (): Promise<void> => {
        for (;;) read += (await reader?.read())?.value?.byteLength ?? expect.fail('it ended')
      }
      expect(await failureOf(reading())).toEqual({ message: 'terminated', code: 'UND_ERR_SOCKET' })
      expect(read).toBe(length)
    },
  )

  it.each([
    ['cut', gzipSync(text).subarray(0, -9)],
    ['no gzip', Buffer.from('blue')],
  ])('is an error when it is %s', async (_, bytes) => {
    const server = await serve((_text, socket) => socket.write(plain(bytes, 'content-encoding: gzip\r\n')))
    expect((await failureOf((await pool().fetch(`http://${server.host}/`)).text())).message).toBe('terminated')
  })
})

describe('a redirect', () => {
  async function redirecting(status: number, location: string): Promise<{ server: RawServer; asked: string[] }> {
    const asked: string[] = []
    const server = await serve((text, socket) => {
      asked.push(text)
      if (text.includes(' /here '))
        socket.write(`HTTP/1.1 ${status} Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`)
      else socket.write(plain('there'))
    })
    return { server, asked }
  }

  it.each([307, 308])('with %i within the origin is followed, question and key kept', async (status) => {
    const { server, asked } = await redirecting(status, '/there')
    const answer = await pool().fetch(`http://${server.host}/here`, post)
    expect(answer).toMatchObject({ url: `http://${server.host}/there`, redirected: true })
    expect(await answer.text()).toBe('there')
    expect(asked[1]).toContain('authorization: Bearer k')
    expect(asked[1]).toMatch(/^POST \/there .*\{"a":1\}$/s)
  })

  it.each([
    [301, '/there'],
    [302, '/there'],
    [303, '/there'],
    [307, 'http://127.0.0.2/there'],
    [307, 'https://127.0.0.1/there'],
    [307, 'http://[/'],
  ])('with %i to %s is for the caller to see', async (status, location) => {
    const { server, asked } = await redirecting(status, location)
    expect((await pool().fetch(`http://${server.host}/here`, post)).status).toBe(status)
    expect(asked).toHaveLength(1)
  })

  it('in a circle ends, and is refused or shown where the caller says so', async () => {
    const { server, asked } = await redirecting(307, '/here')
    const { fetch } = pool()
    expect((await fetch(`http://${server.host}/here`, post)).status).toBe(307)
    expect(asked).toHaveLength(6)
    await failureOf(fetch(`http://${server.host}/here`, { ...post, redirect: 'error' }))
    expect((await fetch(`http://${server.host}/here`, { ...post, redirect: 'manual' })).status).toBe(307)
    expect(asked).toHaveLength(8)
  })
})

describe('dispose', () => {
  it('ends calls in all their phases and closes every connection', async () => {
    const server = await serve((text, socket) => {
      if (text.startsWith('GET /idle')) socket.write(plain('x'))
      if (text.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nblue')
    })
    const made = pool()
    await (await made.fetch(`http://${server.host}/idle`)).text()
    const body = failureOf((await made.fetch(`http://${server.host}/body`)).text())
    const headers = failureOf(made.fetch(`http://${server.host}/headers`))
    const connecting = failureOf(made.fetch(`https://${server.host}/`))
    while (server.connections < 3) await new Promise(setImmediate)
    await made.dispose()
    expect(await Promise.all([body, headers, connecting])).toMatchObject([
      { message: 'terminated' },
      { message: 'fetch failed' },
      { message: 'fetch failed' },
    ])
    await server.left()
    await made.dispose()
    expect(await failureOf(made.fetch(`http://${server.host}/`))).toMatchObject({ message: 'fetch failed' })
  })

  it('is for pools that were never used, too', async () => {
    const made = createPool()
    await made.dispose()
    expect(await failureOf(made.fetch('http://127.0.0.1:1/'))).toEqual({ message: 'fetch failed', code: undefined })
  })
})

describe('an idle connection', () => {
  it('is closed after a while, or when the service says so', async () => {
    const server = await serve((_, socket) => socket.write(plain('x')))
    await (await pool({ idleMs: 1 }).fetch(`http://${server.host}/`)).text()
    await server.left()
    expect(server.sockets.size).toBe(0)
  })

  it('that the service closes is not used again', async () => {
    const server = await serve((_, socket) => socket.write(plain('x')))
    const { fetch } = pool()
    await (await fetch(`http://${server.host}/`)).text()
    ;(await server.socket()).end()
    await server.left()
    expect(await (await fetch(`http://${server.host}/`, post)).text()).toBe('x')
    expect(server.connections).toBe(2)
  })
})

describe('a proxy of the environment', () => {
  const credentials = Buffer.from('user:p ss').toString('base64')

  it('is asked for http with the whole address', async () => {
    const asked: string[] = []
    const proxy = await serve((text, socket) => {
      asked.push(text)
      socket.write(plain('by proxy'))
    })
    const { fetch } = pool({ environment: { http_proxy: `http://user:p%20ss@${proxy.host}` } })
    for (let call = 0; call < 2; call++)
      expect(await (await fetch('http://service.test/v1', post)).text()).toBe('by proxy')
    expect(asked[0]).toMatch(/^POST http:\/\/service\.test\/v1 HTTP\/1\.1\r\n/)
    expect(asked[0]).toContain(`proxy-authorization: Basic ${credentials}`)
    expect(asked[0]).toContain('authorization: Bearer k')
    expect(proxy.connections).toBe(1)
  })

  it('is asked for a tunnel for https, and left when the caller leaves', async () => {
    const controller = new AbortController()
    let asked = ''
    const proxy = await serve((text) => {
      asked += text
      controller.abort(new Error('left'))
    })
    const { fetch } = pool({ environment: { HTTPS_PROXY: `http://user:p%20ss@${proxy.host}` } })
    await expect(fetch('https://service.test/v1', { ...post, signal: controller.signal })).rejects.toThrow('left')
    expect(asked).toMatch(/^CONNECT service\.test:443 HTTP\/1\.1\r\n/)
    expect(asked).toContain(`proxy-authorization: Basic ${credentials}`)
    expect(asked).not.toContain('Bearer k')
    await proxy.left()
  })

  it.each(['http', 'https'])(
    'is told a name that is escaped badly as it is, also without a password: %s',
    async (scheme) => {
      let asked = ''
      const proxy = await serve((text, socket) => {
        asked += text
        socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n')
      })
      const { fetch } = pool({ environment: { [`${scheme}_proxy`]: `http://us%er@${proxy.host}` } })
      await fetch(`${scheme}://service.test/v1`, post).catch(() => {})
      expect(asked).toContain(`proxy-authorization: Basic ${Buffer.from('us%er:').toString('base64')}\r\n`)
    },
  )

  it('that refuses is an error, and one without an address shows no password', async () => {
    const proxy = await serve((_, socket) => socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n'))
    const refused = pool({ environment: { https_proxy: `http://${proxy.host}` } })
    expect((await failureOf(refused.fetch('https://service.test/'))).message).toBe('fetch failed')
    const broken = pool({ environment: { http_proxy: 'http://user:secret@[' } })
    const error: unknown = await broken.fetch('http://service.test/').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause)).not.toContain(
      'secret',
    )
  })
})
