import type { StreamEvent } from '@llmfb/core/provider'
import type { Exchange } from './exchange.ts'

interface Opening {
  /** @throws the reason of a caller who has left already */
  readonly exchange: () => Exchange
  /** Sends the request, and gives what its answer holds. */
  readonly events: (exchange: Exchange) => Promise<AsyncIterator<StreamEvent, void>>
}

type Result = IteratorResult<StreamEvent, void>

const end: Result = { value: undefined, done: true }

/**
 * Begins a call when its first event is asked for, and closes it behind the last one. Whatever it throws is what the
 * contract wants. Events pass through no more hands than they must.
 */
export function openStream({ exchange: open, events }: Opening): AsyncIterableIterator<StreamEvent, void> {
  let exchange: Exchange | undefined
  let opening: Promise<AsyncIterator<StreamEvent, void>> | undefined
  let stream: AsyncIterator<StreamEvent, void> | undefined
  let isOver = false

  function close(): void {
    isOver = true
    exchange?.close()
  }

  function onNext(next: Result): Result {
    if (next.done === true) close()
    return next
  }

  function onError(error: unknown): Result {
    if (isOver) return end
    close()
    throw exchange ? exchange.toError(error) : error
  }

  async function start(): Promise<Result> {
    try {
      exchange ??= open()
      stream = await (opening ??= events(exchange))
      return onNext(await stream.next())
    } catch (error) {
      return onError(error)
    }
  }

  return {
    next() {
      if (isOver) return Promise.resolve(end)
      return stream ? stream.next().then(onNext, onError) : start()
    },
    async return() {
      isOver = true
      await (await opening?.catch(() => undefined))?.return?.()
      close()
      return end
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
