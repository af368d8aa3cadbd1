import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Clock, Provider, StreamEvent } from '@llmfb/core/provider'
import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { converseAnswer, errorAnswer, messageStart, messageStop, metadata, streamAnswer, textBlock } from './answers.ts'
import { collect, connect } from './connect.ts'

let server: WireServer
let provider: Provider
beforeEach(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterEach(() => server.close())

const request = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'Hello' }] } as const
const reason = new Error('the caller left')
const whole = [messageStart, ...textBlock(0, 'One', 'Two'), messageStop(), metadata()]
const held = streamAnswer(whole.slice(0, 2), { hold: true })

async function untilNoSocketIsOpen(): Promise<void> {
  while (server.openSockets > 0) await setImmediate()
}

async function untilAsked(): Promise<void> {
  while (server.requests.length === 0) await setImmediate()
}

const ways = {
  chat: (from: Provider, signal: AbortSignal): Promise<unknown> => from.chat(request, { signal }),
  stream: (from: Provider, signal: AbortSignal): Promise<unknown> => collect(from.stream(request, { signal })),
}

for (const [way, call] of Object.entries(ways)) {
  test(`${way}: aborted before it starts, nothing is sent`, async () => {
    await expect(call(provider, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  test.each([
    ['a key is', { apiKey: () => new Promise<string>(() => {}) }],
    ['credentials are', { credentials: () => new Promise<never>(() => {}) }],
  ])(`${way}: aborted while %s fetched`, async (_what, options) => {
    const controller = new AbortController()
    const pending = call(await connect(server.url, options), controller.signal)
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  test(`${way}: aborted before the headers, the socket closes`, async () => {
    const controller = new AbortController()
    server.answer(() => new Promise(() => {}))
    const settled = call(provider, controller.signal).catch((error: unknown) => error)
    await untilAsked()
    controller.abort(reason)
    expect(await settled).toBe(reason)
    await untilNoSocketIsOpen()
  })

  test(`${way}: aborted before the headers, where fetch does not heed it`, async () => {
    const controller = new AbortController()
    const deaf = await connect(server.url, { apiKey: 'k', fetch: () => new Promise(() => {}) })
    const pending = call(deaf, controller.signal)
    await setImmediate()
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
  })

  test(`${way}: aborted within the answer, the socket closes`, async () => {
    const controller = new AbortController()
    server.answer(way === 'chat' ? { ...converseAnswer(), hold: true } : held)
    const settled = call(provider, controller.signal).catch((error: unknown) => error)
    await untilAsked()
    await setImmediate()
    controller.abort(reason)
    expect(await settled).toBe(reason)
    await untilNoSocketIsOpen()
  })

  test(`${way}: aborted within an error, the socket closes`, async () => {
    const controller = new AbortController()
    server.answer({ ...errorAnswer(500, undefined, 'Oops'), hold: true })
    const settled = call(provider, controller.signal).catch((error: unknown) => error)
    await untilAsked()
    await setImmediate()
    controller.abort(reason)
    expect(await settled).toBe(reason)
    await untilNoSocketIsOpen()
  })
}

test('stream: aborted between two events that have both arrived', async () => {
  const controller = new AbortController()
  server.answer(streamAnswer(whole))
  const seen: StreamEvent[] = []
  const read = async (): Promise<void> => {
    for await (const event of provider.stream(request, { signal: controller.signal })) {
      seen.push(event)
      controller.abort(reason)
    }
  }
  await expect(read()).rejects.toBe(reason)
  expect(seen).toEqual([{ type: 'text-delta', text: 'One' }])
})

test('stream: aborted after its first event, while the next one is awaited', async () => {
  const controller = new AbortController()
  server.answer(held)
  const events = provider.stream(request, { signal: controller.signal })[Symbol.asyncIterator]()
  expect((await events.next()).value).toEqual({ type: 'text-delta', text: 'One' })
  const next = events.next()
  controller.abort(reason)
  await expect(next).rejects.toBe(reason)
  await untilNoSocketIsOpen()
})

test('stream: a caller that stops reading closes the socket', async () => {
  server.answer(held)
  for await (const event of provider.stream(request)) if (event.type === 'text-delta') break
  await untilNoSocketIsOpen()
  expect(server.requests).toHaveLength(1)
})

test('stream: one that is broken closes its socket', async () => {
  server.answer(streamAnswer([messageStart, new Uint8Array(64).fill(0x20)], { hold: true }))
  await expect(collect(provider.stream(request))).rejects.toMatchObject({ kind: 'malformed' })
  await untilNoSocketIsOpen()
})

test('stream: nothing is sent before the first event is asked for', async () => {
  const events = provider.stream(request)
  await setImmediate()
  expect(server.requests).toHaveLength(0)
  await events[Symbol.asyncIterator]().return?.()
})

test('stream: does not wait for the connection to end once the answer has, and closes it where it does not', async () => {
  server.answer(streamAnswer(whole, { hold: true }))
  const scheduled: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    wallTime: () => 0,
    schedule(delayMs, run) {
      if (delayMs < 600_000) scheduled.push(run) // the longer one is for the headers, and cancelled
      return { cancel() {} }
    },
  }
  const events = await collect(provider.stream(request, { clock }))
  expect(events.at(-1)?.type).toBe('finish')
  expect(scheduled).toHaveLength(1)
  expect(server.openSockets).toBe(1)
  scheduled[0]?.()
  await untilNoSocketIsOpen()
})

test('a connection serves one call after the other, streams included', async () => {
  const ports = new Set<string>()
  for (const answer of [converseAnswer(), streamAnswer(whole), streamAnswer(whole), converseAnswer()]) {
    server.answer(answer)
    if (answer.body instanceof Uint8Array) await collect(provider.stream(request))
    else await provider.chat(request)
    await vi.waitFor(() => expect(server.answering).toBe(0))
    ports.add(String(server.openSockets))
  }
  expect([...ports]).toEqual(['1'])
})

test('leaves no listener on a signal that outlives the call', async () => {
  const { signal } = new AbortController()
  server.answer(converseAnswer())
  await provider.chat(request, { signal })
  server.answer(streamAnswer(whole))
  await collect(provider.stream(request, { signal }))
  server.answer({ status: 500, body: '' })
  await expect(provider.chat(request, { signal })).rejects.toMatchObject({ kind: 'server' })
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('writes nothing to the console', async () => {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
  server.answer(converseAnswer())
  await provider.chat(request)
  server.answer({ status: 500, body: '' })
  await expect(provider.chat(request)).rejects.toMatchObject({ kind: 'server' })
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})
