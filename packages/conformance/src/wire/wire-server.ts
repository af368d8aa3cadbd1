import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { servedBytes, servedHeaders, splitBytes, type WireAnswer } from './wire-answer.ts'
import { readRequest, type WireRequest } from './wire-request.ts'

/** A service on loopback that answers what it is told to, piece by piece, and breaks off where it is told to. */
export interface WireServer {
  /** Such as `http://127.0.0.1:40123`; every path is answered. */
  readonly url: string
  /** What was asked so far, oldest first. */
  readonly requests: readonly WireRequest[]
  /** Sets the answer to all requests that follow. Before the first one it is a 500. */
  answer(answer: WireAnswer | ((request: WireRequest) => WireAnswer)): void
  /**
   * Connections that clients have open now and have asked something over, idle ones included. Spare ones are not counted:
   * some versions of Node's fetch open one in place of a connection that an abort closed, and keep it.
   */
  readonly openSockets: number
  /** Destroys all connections and resolves when nothing is left. */
  close(): Promise<void>
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startWireServer(): Promise<WireServer> {
  const requests: WireRequest[] = []
  const sockets = new Set<Socket>()
  const asked = new Set<Socket>()
  const serving = new Set<Promise<void>>()
  let answerTo = (_request: WireRequest): WireAnswer => ({ status: 500, body: 'The wire server was given no answer.' })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming)
      requests.push(request)
      await send(answerTo(request), outgoing)
    } catch (error) {
      // A client that left is no concern of the server; anything else shows up at the client as a broken connection.
      outgoing.destroy(error instanceof Error ? error : undefined)
    }
  }

  const server = createServer({ noDelay: true }, (incoming, outgoing) => {
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
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(answer) {
      answerTo = typeof answer === 'function' ? answer : () => answer
    },
    get openSockets() {
      return asked.size
    },
    async close() {
      server.close()
      await Promise.all(Array.from(sockets, destroy))
      await Promise.all(serving)
    },
  }
}

async function send(answer: WireAnswer, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(answer.status ?? 200, servedHeaders(answer))
  outgoing.flushHeaders()
  await setImmediate() // so that the client has its reader ready when the first piece comes
  for (const piece of splitBytes(servedBytes(answer), answer.pieces ?? 'whole')) {
    await flush(outgoing, piece)
    if (outgoing.destroyed) return
  }
  if (answer.cut === 'destroy') {
    outgoing.socket?.destroy()
  } else if (answer.hold) {
    await closed(outgoing)
  } else {
    outgoing.end()
  }
}

/** Resolves when the system has taken the piece and the client, in this process or another, had a turn to read it. */
async function flush(outgoing: ServerResponse, piece: Uint8Array): Promise<void> {
  await new Promise<void>((done) => {
    outgoing.write(piece, () => done())
  })
  await setImmediate()
}

function destroy(socket: Socket): Promise<void> {
  return new Promise((done) => {
    socket.once('close', () => done())
    socket.destroy()
  })
}

async function closed(outgoing: ServerResponse): Promise<void> {
  if (!outgoing.closed) await once(outgoing, 'close')
}
