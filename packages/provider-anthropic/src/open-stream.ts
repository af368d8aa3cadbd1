import type { StreamEvent } from '@llmfb/core/provider'
import type { Exchange } from './exchange.ts'

interface Opening {
  /** @throws the reason of a caller who has left already */
  readonly exchange: () => Exchange
  /** Sends the request, and gives what its answer holds, which closes the exchange when it is over. */
  readonly events: (exchange: Exchange) => Promise<AsyncIterator<StreamEvent, void>>
}

type Result = IteratorResult<StreamEvent, void>

const end: Result = { value: undefined, done: true }

/**
 * Begins a call when its first event is asked for. Afterwards it hands over to the stream's own iterator, so that events
 * pass through no more hands than they must. Whatever it throws is what the contract wants.
 */
export function openStream({ exchange: open, events }: Opening): AsyncIterableIterator<StreamEvent, void> {
  let exchange: Exchange | undefined
  let opening: Promise<AsyncIterator<StreamEvent, void>> | undefined
  let stream: AsyncIterator<StreamEvent, void> | undefined
  let isOver = false

  async function start(): Promise<Result> {
    try {
      exchange ??= open()
      stream = await (opening ??= events(exchange))
    } catch (error) {
      if (isOver) return end
      isOver = true
      exchange?.close()
      throw exchange ? exchange.toError(error) : error
    }
    return await stream.next()
  }

  return {
    next: () => (stream ? stream.next() : isOver ? Promise.resolve(end) : start()),
    async return() {
      isOver = true
      await (await opening?.catch(() => undefined))?.return?.()
      exchange?.close()
      return end
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
