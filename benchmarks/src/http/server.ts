// The service, in a process of its own so that its work is not counted: tells its port, and answers until it is killed.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { completion, events } from './answer.ts'

function answer(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_1' })
  response.end(completion)
}

// As a model sends them, one by one: a reader that finds many in one read would look cheaper than it is.
const paceMs = 2

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_1' })
  let next = 0
  const send = (): void => {
    response.write(events[next++])
    if (next < events.length) setTimeout(send, paceMs)
    else response.end()
  }
  send()
}

const server = createServer((request, response) => {
  response.socket?.setNoDelay(true)
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => (body += text))
  request.on('end', () => {
    const { stream: streamed } = JSON.parse(body) as { stream?: boolean }
    if (streamed) stream(response)
    else answer(response)
  })
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
