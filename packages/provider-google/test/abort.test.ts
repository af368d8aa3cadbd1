import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Clock, Provider, StreamEvent } from '@llmfb/core/provider'
import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { piece, stop, streamAnswer, wholeAnswer } from './answers.ts'
import { collect, connect } from './connect.ts'

let server: WireServer
let provider: Provider
beforeEach(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterEach(() => server.close())

const request = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'Hello' }] } as const
const reason = new Error('the caller left')
const held = streamAnswer([piece([{ text: 'One' }])], { hold: true })

async function untilNoSocketIsOpen(): Promise<void> {
  while (server.openSockets > 0) await setImmediate()
}

async function untilAsked(): Promise<void> {
  while (server.requests.length === 0) await setImmediate()
}

test.each(['chat', 'stream'] as const)('%s: aborted before it starts, nothing is sent', async (way) => {
  const signal = AbortSignal.abort(reason)
  const call = way === 'chat' ? provider.chat(request, { signal }) : collect(provider.stream(request, { signal }))
  await expect(call).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

test.each(['chat', 'stream'] as const)('%s: aborted while a key is fetched', async (way) => {
  const controller = new AbortController()
  const slow = await connect(server.url, { apiKey: () => new Promise(() => {}) })
  const options = { signal: controller.signal }
  const call = way === 'chat' ? slow.chat(request, options) : collect(slow.stream(request, options))
  controller.abort(reason)
  await expect(call).rejects.toBe(reason)
})

test.each(['chat', 'stream'] as const)('%s: aborted before the headers', async (way) => {
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const never: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
      controller.abort(reason)
    })
  const deaf = await connect(server.url, { fetch: never })
  const call = way === 'chat' ? deaf.chat(request, options) : collect(deaf.stream(request, options))
  await expect(call).rejects.toBe(reason)
})

test.each(['chat', 'stream'] as const)('%s: aborted within the answer, the socket closes', async (way) => {
  const controller = new AbortController()
  const options = { signal: controller.signal }
  server.answer(way === 'chat' ? { ...wholeAnswer(), hold: true } : held)
  const call = way === 'chat' ? provider.chat(request, options) : collect(provider.stream(request, options))
  const settled = call.catch((error: unknown) => error)
  await untilAsked()
  controller.abort(reason)
  expect(await settled).toBe(reason)
  await untilNoSocketIsOpen()
})

test('stream: aborted between two events that have both arrived', async () => {
  const controller = new AbortController()
  server.answer(streamAnswer([piece([{ text: 'One' }]), piece([{ text: 'Two' }], stop)]))
  const seen: StreamEvent[] = []
  const read = async (): Promise<void> => {
    for await (const event of provider.stream(request, { signal: controller.signal })) {
      seen.push(event)
      if (event.type === 'text-delta') controller.abort(reason)
    }
  }
  await expect(read()).rejects.toBe(reason)
  expect(seen.map(({ type }) => type)).toEqual(['text-delta', 'usage'])
})

test('stream: a caller that stops reading closes the socket', async () => {
  server.answer(held)
  for await (const event of provider.stream(request)) if (event.type === 'text-delta') break
  await untilNoSocketIsOpen()
  expect(server.requests).toHaveLength(1)
})

test('stream: nothing is sent before the first event is asked for', async () => {
  const events = provider.stream(request)
  await setImmediate()
  expect(server.requests).toHaveLength(0)
  await events[Symbol.asyncIterator]().return?.()
})

const whole = [piece([{ text: 'One' }], stop)]

test('stream: does not wait for the connection to end once the answer has, and closes it where it does not', async () => {
  server.answer(streamAnswer(whole, { hold: true }))
  const scheduled: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    wallTime: () => 0,
    schedule(_delayMs, run) {
      scheduled.push(run)
      return { cancel() {} }
    },
  }
  const events = await collect(provider.stream(request, { clock }))
  expect(events.at(-1)?.type).toBe('finish')
  // The first was the time for the headers, which is over.
  expect(scheduled).toHaveLength(2)
  scheduled[1]?.()
  await untilNoSocketIsOpen()
})

test('stream: leaves a complete answer to end by itself, so that its connection serves again', async () => {
  const cancel = vi.fn<() => void>()
  let end = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(streamAnswer(whole).body as string))
      end = () => controller.close()
    },
    cancel,
  })
  const own = await connect(server.url, { fetch: async () => new Response(body) })
  expect((await collect(own.stream(request))).at(-1)?.type).toBe('finish')
  await setImmediate()
  end()
  await setImmediate()
  expect(cancel).not.toHaveBeenCalled()
})

test('leaves no listener on a signal that outlives the call', async () => {
  const { signal } = new AbortController()
  server.answer(wholeAnswer())
  await provider.chat(request, { signal })
  server.answer(streamAnswer(whole))
  await collect(provider.stream(request, { signal }))
  server.answer({ status: 500, body: '' })
  await expect(provider.chat(request, { signal })).rejects.toMatchObject({ kind: 'server' })
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('writes nothing to the console, also for models that are to be retired', async () => {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
  server.answer(wholeAnswer())
  await provider.chat({ ...request, model: 'gemini-2.0-flash' })
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})
