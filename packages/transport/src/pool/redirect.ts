import type { Outgoing } from './outgoing.ts'

/** More than any service has a use for; a circle of addresses ends here. */
const mostRedirects = 5

/**
 * The request that an answer asks for in place of `outgoing`, the `hops`-th such; undefined where the answer is the answer.
 *
 * Followed are 307 and 308 within one origin, with method and body kept. All others are for the caller to see: after them a
 * key, in whatever header it is, would go where it was not meant to, and the question would be lost.
 *
 * @throws TypeError where the caller asked for an error instead
 */
export function toRedirected(outgoing: Outgoing, answer: Response, hops: number): Outgoing | undefined {
  const { status } = answer
  if (status < 300 || status > 399 || status === 304 || outgoing.redirect === 'manual') return undefined
  if (outgoing.redirect === 'error') throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') })
  const location = answer.headers.get('location')
  if ((status !== 307 && status !== 308) || location === null || hops >= mostRedirects) return undefined
  if (!URL.canParse(location, outgoing.url.href)) return undefined
  const url = new URL(location, outgoing.url)
  return url.origin === outgoing.url.origin && url.username === '' && url.password === ''
    ? { ...outgoing, url }
    : undefined
}
