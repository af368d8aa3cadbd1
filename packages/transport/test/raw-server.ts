import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server that says over its sockets exactly what it is told to. */
export interface RawServer {
  readonly host: string
  readonly sockets: ReadonlySet<Socket>
  /** Connections so far. */
  readonly connections: number
  /** The next socket, once it is there. */
  socket(): Promise<Socket>
  /** Resolves when no client holds a connection any more. */
  left(): Promise<void>
  close(): Promise<void>
}

/** `onRequest` gets every piece that comes, as text. */
export async function startRawServer(onRequest: (text: string, socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('data', (data) => onRequest(data.toString('latin1'), socket))
    socket.on('error', () => {}) // resets are what many tests are about
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    get connections() {
      return connections
    },
    async socket() {
      const [first] = sockets
      return first ?? ((await once(server, 'connection')) as [Socket])[0]
    },
    async left() {
      await Promise.all(Array.from(sockets, (socket) => once(socket, 'close')))
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An answer with a content-length. */
export function plain(body: string | Uint8Array, head = ''): Uint8Array {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}content-length: ${bytes.length}\r\n\r\n`), bytes])
}
