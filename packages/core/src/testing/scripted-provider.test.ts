import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../provider/request.ts'
import { collectStream } from '../stream/collect-stream.ts'
import { createFakeClock } from './fake-clock.ts'
import { createScriptedProvider } from './scripted-provider.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

describe('createScriptedProvider', () => {
  it('answers a stream as it answers a chat', async () => {
    const provider = createScriptedProvider({ id: 'p', replies: { text: ['a', 'b'], finish: 'length' } })
    expect(await collectStream(provider.stream(request))).toEqual(await provider.chat(request))
    expect(provider.calls.map(({ number, stream }) => [number, stream])).toEqual([
      [1, true],
      [2, false],
    ])
  })

  it('gives its replies in order, the last again and again', async () => {
    const provider = createScriptedProvider({ id: 'p', replies: [{ text: ['1'] }, { text: ['2'] }] })
    const texts = [await provider.chat(request), await provider.chat(request), await provider.chat(request)]
    expect(texts.map(({ text }) => text)).toEqual(['1', '2', '2'])
  })

  it('fails as told, and after the pieces of a stream', async () => {
    const fail = { kind: 'rate-limit', status: 429, code: 'slow_down', retryAfterMs: 5 } as const
    const provider = createScriptedProvider({ id: 'p', replies: { text: ['half'], fail } })
    const expected = {
      kind: 'rate-limit',
      status: 429,
      providerCode: 'slow_down',
      retryAfterMs: 5,
      provider: 'p',
      model: 'm',
    }
    await expect(provider.chat(request)).rejects.toMatchObject(expected)
    const events: string[] = []
    const read = async (): Promise<void> => {
      for await (const event of provider.stream(request)) events.push(event.type)
    }
    await expect(read()).rejects.toMatchObject(expected)
    expect(events).toEqual(['text-delta'])
  })

  it('stalls until the signal aborts, cuts without a finish event, and notes that it was aborted', async () => {
    const clock = createFakeClock()
    const provider = createScriptedProvider({ id: 'p', replies: [{ end: 'stall' }, { end: 'cut' }, { delayMs: 100 }] })
    const controller = new AbortController()
    const reason = new Error('enough')
    clock.schedule(50, () => controller.abort(reason))
    await expect(clock.run(provider.chat(request, { clock, signal: controller.signal }))).rejects.toBe(reason)
    await expect(collectStream(provider.stream(request))).rejects.toMatchObject({ kind: 'truncated' })
    await clock.run(provider.chat(request, { clock }))
    expect(clock.now()).toBe(150)
    expect(provider.calls.map(({ aborted, at }) => [aborted, at > 0])).toMatchObject([
      [true, false],
      [false, true],
      [false, true],
    ])
  })
})
