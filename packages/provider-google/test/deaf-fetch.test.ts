import type { CallOptions, Provider } from '@llmfb/core/provider'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collect, connect, failureOf } from './connect.ts'

// Functions that the caller passes as `fetch` and that do not heed their signal.

const request = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'Hello' }] } as const
const reason = new Error('the caller left')
const ways = {
  chat: (provider: Provider, call?: CallOptions) => provider.chat(request, call),
  stream: (provider: Provider, call?: CallOptions) => collect(provider.stream(request, call)),
}

/** A body that never ends and takes for ever to close. */
function endless(): { body: ReadableStream<Uint8Array>; isClosed: () => boolean } {
  let closed = false
  const body = new ReadableStream<Uint8Array>({
    pull: () => new Promise(() => {}),
    cancel() {
      closed = true
      return new Promise(() => {})
    },
  })
  return { body, isClosed: () => closed }
}

for (const [way, call] of Object.entries(ways)) {
  test(`${way}: settles when the caller leaves before the headers, and closes an answer that comes late`, async () => {
    const controller = new AbortController()
    let answer = (_response: Response): void => {}
    const pending = new Promise<Response>((resolve) => (answer = resolve))
    const { body, isClosed } = endless()
    const deaf = await connect('http://127.0.0.1:9', {
      fetch: () => {
        controller.abort(reason)
        return pending
      },
    })
    await expect(call(deaf, { signal: controller.signal })).rejects.toBe(reason)
    answer(new Response(body))
    await setImmediate()
    expect(isClosed()).toBe(true)
  })

  test(`${way}: settles after timeoutMs`, async () => {
    const deaf = await connect('http://127.0.0.1:9', { timeoutMs: 1, fetch: () => new Promise(() => {}) })
    expect((await failureOf(call(deaf))).kind).toBe('timeout')
  })

  test.each([200, 500])(`${way}: settles when the caller leaves within the body of a %i`, async (status) => {
    const controller = new AbortController()
    const { body, isClosed } = endless()
    const deaf = await connect('http://127.0.0.1:9', { fetch: async () => new Response(body, { status }) })
    const settled = call(deaf, { signal: controller.signal }).catch((error: unknown) => error)
    while (!body.locked) await setImmediate()
    controller.abort(reason)
    expect(await settled).toBe(reason)
    expect(isClosed()).toBe(true)
  })

  test(`${way}: an error whose body does not end is told by its status after timeoutMs`, async () => {
    const { body, isClosed } = endless()
    const answer = new Response(body, { status: 429, headers: { 'retry-after': '3' } })
    const deaf = await connect('http://127.0.0.1:9', { timeoutMs: 1, fetch: async () => answer })
    expect(await failureOf(call(deaf))).toMatchObject({ kind: 'rate-limit', status: 429, retryAfterMs: 3000 })
    expect(isClosed()).toBe(true)
  })
}
