import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Provider } from '@llmfb/core/provider'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { messageStart, streamAnswer } from './answers.ts'
import { collect, connect } from './connect.ts'

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const request = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'Hello' }] } as const
const reason = new Error('the caller left')

const ways: Readonly<Record<string, (from: Provider, signal: AbortSignal) => Promise<unknown>>> = {
  chat: (from, signal) => from.chat(request, { signal }),
  stream: (from, signal) => collect(from.stream(request, { signal })),
}

test.each(Object.entries(ways))('%s: ended while credentials are fetched', async (_way, call) => {
  const controller = new AbortController()
  const provider = await connect(server.url, { credentials: () => new Promise<never>(() => {}) })
  const pending = call(provider, controller.signal)
  controller.abort(reason)
  await expect(pending).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

test('a stream that is broken closes its socket', async () => {
  server.answer(streamAnswer([messageStart, new Uint8Array(64).fill(0x20)], { hold: true }))
  await expect(collect((await connect(server.url)).stream(request))).rejects.toMatchObject({ kind: 'malformed' })
  while (server.openSockets > 0) await setImmediate()
})
