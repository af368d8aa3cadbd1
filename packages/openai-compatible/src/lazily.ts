/**
 * Opens a stream when its first item is asked for. Afterwards it hands over to the stream's own iterator, so that no
 * item passes through more hands than it must.
 */
export function lazily<Item>(open: () => Promise<AsyncIterator<Item, void, undefined>>): AsyncIterable<Item> {
  let opening: Promise<AsyncIterator<Item, void, undefined>> | undefined
  let stream: AsyncIterator<Item, void, undefined> | undefined
  let closed = false
  const end: IteratorResult<Item, void> = { value: undefined, done: true }

  async function start(): Promise<IteratorResult<Item, void>> {
    opening ??= open()
    try {
      stream = await opening
    } catch (error) {
      if (closed) return end
      closed = true
      throw error
    }
    return stream.next()
  }

  const iterator: AsyncIterator<Item, void, undefined> = {
    next: () => (stream ? stream.next() : closed ? Promise.resolve(end) : start()),
    async return() {
      closed = true
      if (opening !== undefined) await (await opening.catch(() => undefined))?.return?.()
      return end
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
