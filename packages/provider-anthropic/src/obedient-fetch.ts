import { obedientFetch, readText } from '@llmfb/transport'

/**
 * What `fetch` rejected with, where the SDK does not see it: it takes all that says "timed out", such as a connection
 * that could not be made, for its own timeout, and forgets what it was.
 */
class NoAnswer extends Error {
  readonly #reason: unknown

  constructor(reason: unknown) {
    super('fetch rejected')
    this.#reason = reason
  }

  static reasonOf(error: unknown): unknown {
    return error instanceof NoAnswer ? error.#reason : error
  }
}

/** What the caller's `fetch` rejected with, of an error that went through the SDK. */
export function reasonOf(error: unknown): unknown {
  return NoAnswer.reasonOf(error)
}

/**
 * A `fetch` that settles when its signal aborts, even where `own` is deaf to it. The body of an error is read here, where the SDK's timeout still runs; one that does not end is as good as none.
 */
export function createObedientFetch(own: typeof globalThis.fetch): typeof globalThis.fetch {
  const fetch = obedientFetch(own)
  return async (input, init) => {
    const signal = init?.signal
    let response: Response
    try {
      response = await fetch(input, init)
    } catch (error) {
      throw signal?.aborted === true ? error : new NoAnswer(error)
    }
    if (response.ok) return response
    const text = await readText(response, signal).catch(() => '')
    return Object.defineProperty(response, 'text', { value: async () => text })
  }
}
