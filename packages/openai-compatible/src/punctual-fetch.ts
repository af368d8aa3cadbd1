import { readBody } from './read-body.ts'
import { untilAborted } from '@llmfb/transport'
import { gatherError } from './wire.ts'

type Fetch = typeof globalThis.fetch

/** Bytes of an error's body that are read. */
const longestError = 1_048_576

/**
 * A fetch that settles when its signal aborts, even where `fetch` is deaf to it; an answer that comes later is cancelled.
 * The body of an error is part of the wait: the SDK reads it behind the end of its timeout.
 */
export function punctualFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    const signal = init?.signal ?? undefined
    const answer = fetch(input, init)
    let late = false
    answer.then(
      (response) => {
        if (late) response.body?.cancel().catch(() => {}) // nobody waits for it any more
      },
      () => {},
    )
    let response: Response
    try {
      response = await untilAborted(answer, signal)
    } catch (error) {
      late = true
      throw error
    }
    if (response.ok) return response
    // The status says enough where the body does not come.
    const text = await readBody(response, signal, longestError).catch(() => '')
    return new Response(text === '' ? null : gatherError(text), response)
  }
}
