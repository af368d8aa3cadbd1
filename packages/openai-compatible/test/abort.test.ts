import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest } from '@llmfb/core/provider'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { chunk, completion, eventStream, json, sse } from './bodies.ts'
import { connect } from './connect.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const reason = new Error('the caller left')

let server: WireServer
let controller: AbortController
beforeEach(async () => {
  server = await startWireServer()
  controller = new AbortController()
})
afterEach(() => server.close())

const closed = (): Promise<void> => vi.waitFor(() => expect(server.openSockets).toBe(0))
const asked = (): Promise<void> => vi.waitFor(() => expect(server.requests).toHaveLength(1))

/** Both ways to call, as something that settles when the call is over. */
function calls(signal: AbortSignal, baseURL = server.url): readonly (() => Promise<unknown>)[] {
  const provider = connect({ baseURL })
  return [
    () => provider.chat(request, { signal }),
    async () => {
      for await (const event of provider.stream(request, { signal })) expect(event.type).not.toBe('finish')
    },
  ]
}

it('sends nothing when the signal is aborted already', async () => {
  controller.abort(reason)
  for (const call of calls(controller.signal)) await expect(call()).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

it('ends a call that waits for its headers', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer().listen(0, '127.0.0.1')
  // Not on 'connection': some versions of Node's fetch open a spare one when another is aborted, and keep it.
  silent.on('request', ({ socket }) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await once(silent, 'listening')
  const baseURL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  for (const which of [0, 1]) {
    const call = calls(controller.signal, baseURL)[which]
    const asked = once(silent, 'request')
    const settled = call?.()
    await asked
    controller.abort(reason)
    await expect(settled).rejects.toBe(reason)
    await vi.waitFor(() => expect(sockets.size).toBe(0))
    controller = new AbortController()
  }
  await new Promise((done) => silent.close(done))
})

it('ends a call that waits for the rest of its body', async () => {
  const body = JSON.stringify(completion())
  server.answer({ headers: json, body, cutAt: 30, hold: true })
  const call = calls(controller.signal)[0]?.()
  await asked()
  controller.abort(reason)
  await expect(call).rejects.toBe(reason)
  await closed()
})

it('ends a stream that waits for its next event', async () => {
  server.answer({ headers: sse, body: eventStream(chunk({ content: 'a' })), hold: true })
  const provider = connect({ baseURL: server.url })
  const iterator = provider.stream(request, { signal: controller.signal })[Symbol.asyncIterator]()
  expect(await iterator.next()).toEqual({ done: false, value: { type: 'text-delta', text: 'a' } })
  const next = iterator.next()
  controller.abort(reason)
  await expect(next).rejects.toBe(reason)
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  await closed()
})

it('ends a stream whose consumer is busy, though more of it has come already', async () => {
  const body = eventStream(chunk({ content: 'a' }), chunk({ content: 'b' }), chunk({}, 'stop'), '[DONE]')
  server.answer({ headers: sse, body, hold: true })
  const provider = connect({ baseURL: server.url })
  const iterator = provider.stream(request, { signal: controller.signal })[Symbol.asyncIterator]()
  await iterator.next()
  controller.abort(reason)
  await closed() // without anyone asking for more
  await expect(iterator.next()).rejects.toBe(reason)
})

it('ends a call that waits for its key', async () => {
  const provider = connect({ baseURL: server.url, apiKey: () => new Promise(() => {}) })
  const call = provider.chat(request, { signal: controller.signal })
  controller.abort(reason)
  await expect(call).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

it('does nothing to a call that is over', async () => {
  server.answer({ headers: json, body: JSON.stringify(completion()) })
  const response = await calls(controller.signal)[0]?.()
  controller.abort(reason)
  expect(response).toMatchObject({ text: 'Hello.' })
})
