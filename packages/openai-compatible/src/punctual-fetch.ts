import { obedientFetch, readText } from '@llmfb/transport'
import { gatherError } from './wire.ts'

type Fetch = typeof globalThis.fetch

/** Bytes of an error's body that are read. */
const longestError = 1_048_576

/**
 * A fetch that settles when its signal aborts, even where `own` is deaf to it. The body of an error is part of the wait: the
 * SDK reads it behind the end of its timeout.
 */
export function punctualFetch(own: Fetch): Fetch {
  const fetch = obedientFetch(own)
  return async (input, init) => {
    const response = await fetch(input, init)
    if (response.ok) return response
    // The status says enough where the body does not come.
    const text = await readText(response, init?.signal, longestError).catch(() => '')
    return new Response(text === '' ? null : gatherError(text), response)
  }
}
