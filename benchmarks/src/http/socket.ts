import { connect, type Socket } from 'node:net'
import { expectedText } from './answer.ts'
import { type Client, type Mode, model, question } from './client.ts'

const end = '0\r\n\r\n'

/**
 * A floor: what reading an answer's bytes takes, with nothing done with them. Requests are the same bytes every time, the
 * end of a body is known by its last five, and nothing is parsed, checked, or could be ended.
 */
export function createSocketClient(origin: string, path: string): Client {
  const { hostname, port, host } = new URL(origin)
  const idle = new Set<Socket>()

  function open(): Socket {
    const socket = connect(Number(port), hostname).setNoDelay(true)
    return socket.on('close', () => idle.delete(socket)).on('error', () => {}) // whoever waits has a listener of its own
  }

  function ask(mode: Mode): Promise<string> {
    const body = JSON.stringify({ model, stream: mode === 'stream', messages: [{ role: 'user', content: question }] })
    const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    const [socket = open()] = idle
    idle.delete(socket)
    return new Promise((resolve, reject) => {
      function onData(bytes: Buffer): void {
        if (bytes.toString('latin1', bytes.length - end.length) !== end) return
        socket.off('data', onData).off('error', reject)
        idle.add(socket)
        resolve(expectedText[mode])
      }
      socket.on('data', onData).on('error', reject)
      socket.write(head + body)
    })
  }

  return { chat: () => ask('chat'), stream: () => ask('stream') }
}
