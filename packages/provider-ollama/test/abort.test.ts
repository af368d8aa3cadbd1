import type { WireAnswer, WireServer } from '@llmfb/conformance'
import { startWireServer } from '@llmfb/conformance'
import type { CallOptions, Provider } from '@llmfb/core/provider'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { collect, connect, createManualClock, rejectionOf } from './connect.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const piece = `${JSON.stringify({ message: { role: 'assistant', content: 'a' }, done: false })}\n`
const reason = new Error('the caller left')

let server: WireServer

beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const calls: Record<string, (provider: Provider, options: CallOptions) => Promise<unknown>> = {
  chat: (provider, options) => provider.chat(request, options),
  stream: (provider, options) => collect(provider.stream(request, options)),
  embed: async (provider, options) => provider.embeddings?.embed({ model: 'm', inputs: ['a'] }, options),
  list: async (provider, options) => provider.models?.list(options),
  probe: async (provider, options) => provider.health?.probe(options),
  warmUp: async (provider, options) => provider.warmUp?.warmUp('m', options),
}

describe.for(Object.keys(calls))('%s', (name) => {
  const call = calls[name] as (typeof calls)[string]

  test.for<[string, WireAnswer]>([
    ['within the body', { body: piece.slice(0, 20), hold: true }],
    ['within an error', { status: 500, body: '{"error":', hold: true }],
  ])('%s: the socket is closed, and no timer stays', async ([, answer]) => {
    server.answer(answer)
    const clock = createManualClock()
    const controller = new AbortController()
    const provider = await connect({ baseURL: server.url })
    const failed = rejectionOf(call(provider, { signal: controller.signal, clock }))
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    expect(server.openSockets).toBe(1)
    controller.abort(reason)
    expect(await failed).toBe(reason)
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
    expect(clock.timers).toBe(0)
  })
})
