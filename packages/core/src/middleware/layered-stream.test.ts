import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { RoutedStreamEvent } from '../provider/routed.ts'
import { LayeredStream } from './layered-stream.ts'

const delta = (text: string): RoutedStreamEvent => ({ type: 'text-delta', text })

/** A stream of `a` and `b` that then waits for its signal, as two generators around each other. */
function createWorld(callerSignal?: AbortSignal) {
  const notes: string[] = []
  let given: AbortSignal | undefined
  async function* inner(signal: AbortSignal): AsyncGenerator<RoutedStreamEvent, void, undefined> {
    notes.push('opened')
    try {
      yield delta('a')
      yield delta('b')
      await new Promise((_, reject) => {
        const onAbort = (): void => reject(signal.reason)
        if (signal.aborted) onAbort()
        else signal.addEventListener('abort', onAbort)
      })
    } finally {
      notes.push('inner closed')
    }
  }
  async function* outer(signal: AbortSignal): AsyncGenerator<RoutedStreamEvent, void, undefined> {
    try {
      yield* inner(signal)
    } finally {
      await Promise.resolve()
      notes.push('outer closed')
    }
  }
  const stream = new LayeredStream(callerSignal, (signal) => outer((given = signal)))
  return { stream, notes, signal: () => given }
}

const closed = ['opened', 'inner closed', 'outer closed']

describe('LayeredStream', () => {
  it('opens nothing before its first read, nor after it was left unread', async () => {
    const { stream, notes } = createWorld()
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(notes).toEqual([])
  })

  it('hands on what comes, to its end', async () => {
    const stream = new LayeredStream(undefined, async function* () {
      yield delta('a')
      yield delta('b')
    })
    const events: RoutedStreamEvent[] = []
    for await (const event of stream) events.push(event)
    expect(events).toEqual([delta('a'), delta('b')])
    expect((await stream.next()).done).toBe(true)
  })

  it('has closed all layers when its reader goes on after leaving between reads', async () => {
    const { stream, notes, signal } = createWorld()
    for await (const _ of stream) break
    expect(notes).toEqual(closed)
    expect(signal()?.aborted).toBe(true)
  })

  it('is left at once also while a read waits, which is done then', async () => {
    const { stream, notes } = createWorld()
    await stream.next()
    await stream.next()
    const reads = [stream.next(), stream.next()]
    await stream.return()
    expect(await Promise.all(reads)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    expect(notes).toEqual(closed)
  })

  it('does not wait for a layer that heeds no signal', async () => {
    const stream = new LayeredStream(undefined, async function* () {
      yield delta('a')
      await new Promise(() => undefined)
    })
    await stream.next()
    void stream.next()
    expect(await stream.return()).toEqual({ done: true, value: undefined })
  })

  it("rejects with the caller's reason when the caller aborts, before or during it", async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const { stream, notes } = createWorld(controller.signal)
    await stream.next()
    await stream.next()
    const read = stream.next()
    controller.abort(reason)
    await expect(read).rejects.toBe(reason)
    expect((await stream.next()).done).toBe(true)
    expect(notes).toEqual(closed)
    const late = createWorld(controller.signal)
    await late.stream.next()
    expect(late.signal()?.reason).toBe(reason)
  })

  it('throws what a layer throws, once, also on opening or on being left', async () => {
    const failure = new Error('no')
    const opening = new LayeredStream(undefined, () => {
      throw failure
    })
    await expect(opening.next()).rejects.toBe(failure)
    expect((await opening.next()).done).toBe(true)
    const leaving = new LayeredStream(undefined, async function* () {
      try {
        yield delta('a')
      } finally {
        await Promise.reject(failure)
      }
    })
    await leaving.next()
    await expect(leaving.return()).rejects.toBe(failure)
  })

  it('ends when an error is thrown into it', async () => {
    const { stream, notes } = createWorld()
    const failure = new Error('mine')
    await stream.next()
    await expect(stream.throw(failure)).rejects.toBe(failure)
    expect(notes).toEqual(closed)
  })

  it("leaves no listener on the caller's signal, however it ends", async () => {
    const { signal } = new AbortController()
    const ends: ((stream: LayeredStream) => Promise<unknown>)[] = [
      (stream) => stream.return(),
      (stream) => stream.throw(new Error('mine')),
      async (stream) => {
        for await (const _ of stream);
      },
    ]
    for (const end of ends) {
      const stream = new LayeredStream(signal, async function* () {
        yield delta('a')
        yield delta('b')
      })
      await stream.next()
      expect(getEventListeners(signal, 'abort')).toHaveLength(1)
      await end(stream).catch(() => undefined)
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    }
    const failing = new LayeredStream(signal, async function* () {
      yield* await Promise.reject<AsyncIterable<RoutedStreamEvent>>(new Error('no'))
    })
    await expect(failing.next()).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
