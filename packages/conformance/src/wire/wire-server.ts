import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { servedHeaders, servedPieces, type WireAnswer } from './wire-answer.ts'
import { readRequest, type WireRequest } from './wire-request.ts'

/** A service on loopback that answers what it is told to, piece by piece, and breaks off where it is told to. */
export interface WireServer {
  /** Such as `http://127.0.0.1:40123`; every path is answered. */
  readonly url: string
  /** What was asked so far, oldest first. */
  readonly requests: readonly WireRequest[]
  /** Sets the answer to all requests that follow. Before the first one it is a 500. */
  answer(answer: WireAnswer | Answering): void
  /** Requests that are being answered, held ones included. */
  readonly answering: number
  /**
   * Connections that clients have open now and have asked something over, idle ones included. Spare ones are not counted:
   * some versions of Node's fetch open one in place of a connection that an abort closed, and keep it.
   */
  readonly openSockets: number
  /** Connections that something was asked over so far, those that are closed included. */
  readonly connections: number
  /** Resets all connections, and refuses new ones until `listen`. */
  refuse(): Promise<void>
  /** Takes connections again, at the same address. */
  listen(): Promise<void>
  /** Destroys all connections and resolves when nothing is left. */
  close(): Promise<void>
}

/** Answers a request, at once or later. `left` aborts when the exchange is over, because the client left or it was answered. */
export type Answering = (request: WireRequest, left: AbortSignal) => WireAnswer | Promise<WireAnswer>

/** Starts a server on a free port of 127.0.0.1. */
export async function startWireServer(): Promise<WireServer> {
  const requests: WireRequest[] = []
  const sockets = new Set<Socket>()
  const asked = new Set<Socket>()
  let connections = 0
  const serving = new Set<Promise<void>>()
  let answerTo: Answering = () => ({ status: 500, body: 'The wire server was given no answer.' })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming)
      requests.push(request)
      const leaving = new AbortController()
      const left = closed(outgoing).then(() => leaving.abort())
      const answer = await Promise.race([answerTo(request, leaving.signal), left])
      if (answer) await send(answer, outgoing, left)
    } catch (error) {
      // A client that left is no concern of the server; anything else shows up at the client as a broken connection.
      outgoing.destroy(error instanceof Error ? error : undefined)
    }
  }

  const server = createServer({ noDelay: true }, (incoming, outgoing) => {
    if (!asked.has(incoming.socket)) connections += 1
    asked.add(incoming.socket)
    const done = serve(incoming, outgoing).finally(() => serving.delete(done))
    serving.add(done)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      asked.delete(socket)
    })
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer(answer) {
      answerTo = typeof answer === 'function' ? answer : () => answer
    },
    get answering() {
      return serving.size
    },
    get openSockets() {
      return asked.size
    },
    get connections() {
      return connections
    },
    async refuse() {
      server.close()
      await Promise.all(Array.from(sockets, (socket) => end(socket, () => socket.resetAndDestroy())))
    },
    listen: () => listen(port),
    async close() {
      server.close()
      await Promise.all(Array.from(sockets, (socket) => end(socket, () => socket.destroy())))
      await Promise.all(serving)
    },
  }
}

async function send(answer: WireAnswer, outgoing: ServerResponse, left: Promise<void>): Promise<void> {
  outgoing.writeHead(answer.status ?? 200, servedHeaders(answer))
  outgoing.flushHeaders()
  await setImmediate() // so that the client has its reader ready when the first piece comes
  const pieces = servedPieces(answer)
  for (;;) {
    const next = await Promise.race([pieces.next(), left])
    if (next === undefined || outgoing.destroyed) return void pieces.return?.()
    if (next.done === true) break
    await Promise.race([flush(outgoing, next.value), left])
  }
  if (answer.cut === 'destroy') outgoing.socket?.destroy()
  else if (answer.cut === 'reset') outgoing.socket?.resetAndDestroy()
  else if (answer.cut === 'half-close') outgoing.socket?.end()
  else if (!answer.hold) return void outgoing.end()
  await left
}

/** Resolves when the system has taken the piece and the client, in this process or another, had a turn to read it. */
async function flush(outgoing: ServerResponse, piece: string | Uint8Array): Promise<void> {
  await new Promise<void>((done) => {
    outgoing.write(piece, () => done())
  })
  await setImmediate()
}

function end(socket: Socket, how: () => void): Promise<void> {
  return new Promise((done) => {
    socket.once('close', () => done())
    how()
  })
}

async function closed(outgoing: ServerResponse): Promise<void> {
  if (!outgoing.closed) await once(outgoing, 'close')
}
