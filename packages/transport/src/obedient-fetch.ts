import { untilAborted } from './until-aborted.ts'

/**
 * A `fetch` that settles when its signal aborts, even where `own`, which somebody may have written, is deaf to it; an answer
 * that comes later is closed.
 */
export function obedientFetch(own: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const signal = init?.signal ?? undefined
    const pending = Promise.resolve(own(input, init))
    pending.then(
      (late) => signal?.aborted === true && void late.body?.cancel().catch(() => {}),
      () => {}, // told below
    )
    return await untilAborted(pending, signal)
  }
}
