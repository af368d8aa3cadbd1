import type { BodyReader, Chunk } from './body-reader.ts'
import { createEventParser, type ServerSentEvent } from './event-parser.ts'

type Result = IteratorResult<ServerSentEvent, void>

const end: Result = { value: undefined, done: true }

/**
 * The events of a `text/event-stream` body, or of what it is read with, each as soon as its last byte is there. An event that the body's end cuts
 * off is not yielded.
 *
 * Errors of the body pass through. `return()`, which `break` calls, cancels the body and with it the connection, even
 * while a read is waiting. Written by hand rather than as a generator: an event takes a single promise.
 *
 * @throws EventTooLargeError when one event is over 32 MiB
 */
export function readServerSentEvents(
  body: ReadableStream<Uint8Array> | BodyReader,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader: BodyReader = 'getReader' in body ? body.getReader() : body
  const decoder = new TextDecoder()
  const parser = createEventParser()
  let ended = false
  let calls = 0
  let last: Promise<Result>
  /** The call that waits for the next event. */
  let waiting: { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void } | undefined
  /** A chunk that comes while it is asked for is gone on with there, so that many of them do not pile up. */
  let isAsking = false
  let isThere = false

  async function cancel(reason?: unknown): Promise<void> {
    if (ended) return
    ended = true
    await reader.cancel(reason).catch(() => {}) // the body is given up, however it takes it
  }

  function settle(result: Result): void {
    if (waiting === undefined) return
    const { resolve } = waiting
    waiting = undefined
    calls -= 1
    resolve(result)
  }

  function onBreak(error: unknown): void {
    if (waiting === undefined) return
    const { reject } = waiting
    waiting = undefined
    // Not at once: what brought the bytes is still at work.
    void Promise.resolve()
      .then(() => cancel(error))
      .then(() => {
        calls -= 1
        reject(error)
      })
  }

  function onChunk({ value, done }: Chunk): void {
    if (done) ended = true
    isThere = true
    try {
      if (value !== undefined && !ended) parser.write(decoder.decode(value, { stream: true }))
    } catch (error) {
      isThere = false
      return onBreak(error)
    }
    if (!isAsking) proceed()
  }

  function ask(): void {
    if (reader.readTo) reader.readTo(onChunk, onBreak)
    else void reader.read().then(onChunk, onBreak)
  }

  function proceed(): void {
    try {
      while (!ended) {
        const event = parser.take()
        if (event) return settle({ value: event, done: false })
        isAsking = true
        isThere = false
        ask()
        isAsking = false
        if (!isThere) return
      }
      settle(end)
    } catch (error) {
      isAsking = false
      onBreak(error)
    }
  }

  function read(): Promise<Result> {
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject }
      proceed()
    })
  }

  return {
    next() {
      // Calls that do not wait for each other are served in order.
      calls += 1
      last = calls === 1 ? read() : last.then(read, read)
      return last
    },
    async return() {
      await cancel()
      return end
    },
    async throw(error) {
      await cancel(error)
      throw error
    },
    [Symbol.asyncIterator]() {
      return this
    },
    async [Symbol.asyncDispose]() {
      await cancel()
    },
  }
}
