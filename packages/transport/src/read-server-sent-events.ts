import type { BodyReader } from './body-reader.ts'
import { createEventParser, type ServerSentEvent } from './event-parser.ts'

/**
 * The events of a `text/event-stream` body, or of what it is read with, each as soon as its last byte is there. An event that the body's end cuts
 * off is not yielded.
 *
 * Errors of the body pass through. `return()`, which `break` calls, cancels the body and with it the connection, even
 * while a read is waiting.
 *
 * @throws EventTooLargeError when one event is over 32 MiB
 */
export function readServerSentEvents(
  body: ReadableStream<Uint8Array> | BodyReader,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = 'getReader' in body ? body.getReader() : body
  const decoder = new TextDecoder()
  const parser = createEventParser()
  let ended = false
  let calls = 0
  let last: Promise<IteratorResult<ServerSentEvent, void>>

  async function cancel(reason?: unknown): Promise<void> {
    if (ended) return
    ended = true
    await reader.cancel(reason).catch(() => {}) // the body is given up, however it takes it
  }

  /** The next event of what has been read already. */
  function take(): Promise<IteratorResult<ServerSentEvent, void>> | undefined {
    let event: ServerSentEvent | undefined
    try {
      event = parser.take()
    } catch (error) {
      return cancel(error).then(() => {
        throw error
      })
    }
    return event && Promise.resolve({ value: event, done: false })
  }

  async function read(): Promise<IteratorResult<ServerSentEvent, void>> {
    try {
      while (!ended) {
        const event = parser.take()
        if (event) return { value: event, done: false }
        const { value, done } = await reader.read()
        if (done) ended = true
        else parser.write(decoder.decode(value, { stream: true }))
      }
      return { value: undefined, done: true }
    } catch (error) {
      await cancel(error)
      throw error
    } finally {
      calls -= 1
    }
  }

  return {
    next() {
      if (calls === 0 && !ended) {
        const event = take()
        if (event) return event
      }
      // Calls that do not wait for each other are served in order.
      calls += 1
      last = calls === 1 ? read() : last.then(read, read)
      return last
    },
    async return() {
      await cancel()
      return { value: undefined, done: true }
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
