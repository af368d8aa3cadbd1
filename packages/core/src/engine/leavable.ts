/**
 * A generator whose reader can leave while a read is waiting: `return` ends that read first, which a generator alone
 * would queue behind it.
 *
 * @param start makes the generator, given a signal that aborts when the caller's does or when the reader leaves; it
 *   runs at the first read
 */
export function leavable<T>(
  callerSignal: AbortSignal | undefined,
  start: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const controller = new AbortController()
  const onCallerAbort = (): void => controller.abort(callerSignal?.reason)
  let generator: AsyncGenerator<T, void, undefined> | undefined
  let left = false

  const begin = (): AsyncGenerator<T, void, undefined> => {
    if (callerSignal?.aborted) onCallerAbort()
    else callerSignal?.addEventListener('abort', onCallerAbort, { once: true })
    return start(controller.signal)
  }
  const end = (): void => callerSignal?.removeEventListener('abort', onCallerAbort)
  const done: IteratorReturnResult<void> = { done: true, value: undefined }

  const iterator: AsyncGenerator<T, void, undefined> = {
    async next() {
      if (left) return done
      generator ??= begin()
      try {
        const result = await generator.next()
        if (result.done === true) end()
        return result
      } catch (error) {
        end()
        if (left) return done
        throw error
      }
    },
    async return() {
      left = true
      end()
      controller.abort(new DOMException('The reader left the stream', 'AbortError'))
      await generator?.return()
      return done
    },
    async throw(error: unknown) {
      await iterator.return()
      throw error
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
