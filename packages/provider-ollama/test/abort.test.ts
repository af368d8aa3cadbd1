import type { WireAnswer, WireServer } from '@llmfb/conformance'
import { startWireServer } from '@llmfb/conformance'
import type { CallOptions, Provider } from '@llmfb/core/provider'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { collect, connect, createManualClock, rejectionOf } from './connect.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const piece = `${JSON.stringify({ message: { role: 'assistant', content: 'a' }, done: false })}\n`
const last = `${JSON.stringify({ message: { role: 'assistant', content: 'b' }, done: true, done_reason: 'stop' })}\n`
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

  test('before it begins: nothing is sent', async () => {
    const provider = await connect({ baseURL: server.url })
    expect(await rejectionOf(call(provider, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  test('while the key is fetched: nothing is sent', async () => {
    const controller = new AbortController()
    const provider = await connect({
      baseURL: server.url,
      apiKey: () => {
        controller.abort(reason)
        return new Promise(() => {})
      },
    })
    expect(await rejectionOf(call(provider, { signal: controller.signal }))).toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  test.for<[string, WireAnswer]>([
    ['within the body', { body: piece.slice(0, 20), hold: true }],
    ['within an error', { status: 500, body: '{"error":', hold: true }],
  ])('%s: the socket is closed', async ([, answer]) => {
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

  test('before the headers, of a fetch that does not listen: the late answer is dropped', async () => {
    const controller = new AbortController()
    const cancelled = vi.fn<() => void>()
    let answer: (response: Response) => void = () => {}
    const provider = await connect({ fetch: () => new Promise((resolve) => (answer = resolve)) })
    const failed = rejectionOf(call(provider, { signal: controller.signal }))
    await new Promise(setImmediate)
    controller.abort(reason)
    expect(await failed).toBe(reason)
    answer(new Response(new ReadableStream({ cancel: cancelled })))
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce())
  })
})

describe('a stream', () => {
  test('between two events', async () => {
    server.answer({ body: piece + piece, hold: true })
    const controller = new AbortController()
    const provider = await connect({ baseURL: server.url })
    const events = provider.stream(request, { signal: controller.signal })[Symbol.asyncIterator]()
    expect((await events.next()).value).toEqual({ type: 'text-delta', text: 'a' })
    controller.abort(reason)
    expect(await rejectionOf(events.next())).toBe(reason)
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
  })

  test('while it waits for the next piece', async () => {
    server.answer({ body: piece, hold: true })
    const controller = new AbortController()
    const provider = await connect({ baseURL: server.url })
    const events = provider.stream(request, { signal: controller.signal })[Symbol.asyncIterator]()
    await events.next()
    const waiting = rejectionOf(events.next())
    controller.abort(reason)
    expect(await waiting).toBe(reason)
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
  })

  test('left by its reader', async () => {
    server.answer({ body: piece, hold: true })
    const provider = await connect({ baseURL: server.url })
    for await (const event of provider.stream(request)) {
      expect(event).toEqual({ type: 'text-delta', text: 'a' })
      break
    }
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
  })

  test('that is done, though the server keeps it open', async () => {
    server.answer({ body: piece + last, hold: true })
    const provider = await connect({ baseURL: server.url })
    const clock = createManualClock()
    expect((await collect(provider.stream(request, { clock }))).at(-1)).toMatchObject({ type: 'finish' })
    expect(server.openSockets).toBe(1)
    expect(clock.fire()).toEqual([250])
    await vi.waitFor(() => expect(server.openSockets).toBe(0))
  })

  test('sends nothing before it is asked', async () => {
    const provider = await connect({ baseURL: server.url })
    const events = provider.stream(request)
    await new Promise(setImmediate)
    expect(server.requests).toHaveLength(0)
    await events[Symbol.asyncIterator]().return?.()
  })
})

test('calls that went well leave no listener on the signal and share a connection', async () => {
  const controller = new AbortController()
  const added = vi.spyOn(controller.signal, 'addEventListener')
  const removed = vi.spyOn(controller.signal, 'removeEventListener')
  const clock = createManualClock()
  const cancelled: boolean[] = []
  /** Notices a body that is given up instead of read to its end, which costs its connection. */
  const fetch: typeof globalThis.fetch = async (input, init) => {
    init?.signal?.addEventListener('abort', () => cancelled.push(true))
    return globalThis.fetch(input, init)
  }
  const provider = await connect({ baseURL: server.url, fetch })
  for (let count = 0; count < 5; count++) {
    server.answer({ body: last })
    await provider.chat(request, { signal: controller.signal })
    server.answer({ body: piece + last })
    cancelled.length = 0
    await collect(provider.stream(request, { signal: controller.signal, clock }))
    await vi.waitFor(() => expect(clock.timers).toBe(0))
    expect(cancelled).toEqual([])
  }
  const listeners = added.mock.calls.map(([, listener]) => listener)
  const gone = removed.mock.calls.map(([, listener]) => listener)
  expect(listeners.length).toBeGreaterThan(0)
  expect(listeners.filter((listener) => !gone.includes(listener))).toEqual([])
  expect([1, 2], 'connections of ten calls').toContain(server.openSockets)
})
