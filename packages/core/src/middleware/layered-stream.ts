import type { RoutedStreamEvent } from '../provider/routed.ts'

type Result = IteratorResult<RoutedStreamEvent, void>

type Open = (signal: AbortSignal) => Promise<AsyncIterable<RoutedStreamEvent>> | AsyncIterable<RoutedStreamEvent>

const done: IteratorReturnResult<void> = { done: true, value: undefined }

/**
 * A stream that comes through middlewares, or through what has to be loaded first. It begins at its first read. A reader that leaves ends it also while a read
 * waits: generators, which middlewares are, would first wait for that read.
 */
export class LayeredStream implements AsyncIterableIterator<RoutedStreamEvent, void, undefined> {
  readonly #callerSignal: AbortSignal | undefined
  readonly #open: Open
  readonly #controller = new AbortController()
  #iterator: Promise<AsyncIterator<RoutedStreamEvent>> | undefined
  #reads = 0
  #ended = false

  /** @param open opens the stream, with a signal that aborts when the caller does or the reader leaves */
  constructor(callerSignal: AbortSignal | undefined, open: Open) {
    this.#callerSignal = callerSignal
    this.#open = open
  }

  async next(): Promise<Result> {
    if (this.#ended) return done
    this.#reads++
    try {
      const iterator = await (this.#iterator ??= this.#begin())
      const result = this.#ended ? done : await iterator.next()
      if (this.#ended) return done
      if (result.done === true) this.#end()
      return result
    } catch (error) {
      if (this.#ended) return done
      this.#end()
      throw error
    } finally {
      this.#reads--
    }
  }

  async return(): Promise<Result> {
    if (this.#ended) return done
    this.#end(new DOMException('The reader left the stream', 'AbortError'))
    const closed = this.#iterator?.then((iterator) => iterator.return?.())
    if (this.#reads === 0) await closed
    // Queued behind a read; how it goes is nobody's any more.
    else closed?.catch(() => undefined)
    return done
  }

  async throw(error: unknown): Promise<Result> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #begin(): Promise<AsyncIterator<RoutedStreamEvent>> {
    const signal = this.#callerSignal
    if (signal?.aborted === true) this.#onCallerAbort()
    else signal?.addEventListener('abort', this.#onCallerAbort, { once: true })
    const stream = await this.#open(this.#controller.signal)
    return stream[Symbol.asyncIterator]()
  }

  readonly #onCallerAbort = (): void => this.#controller.abort(this.#callerSignal?.reason)

  /** Whatever is still open within ends with it: a middleware may have left it, or thrown. */
  #end(reason: unknown = new DOMException('The stream has ended', 'AbortError')): void {
    this.#ended = true
    this.#controller.abort(reason)
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort)
  }
}
