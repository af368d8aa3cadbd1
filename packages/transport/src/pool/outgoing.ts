/** A request that a pool sends itself. */
export interface Outgoing {
  readonly url: URL
  readonly method: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
  readonly signal: AbortSignal | undefined
  readonly redirect: NonNullable<RequestInit['redirect']>
}

/** What the platform's fetch adds where the caller has none. */
const usual: Readonly<Record<string, string>> = { accept: '*/*', 'user-agent': 'node' }

/**
 * What was asked of `fetch`, where it is what the SDKs ask for; undefined for the rest, such as streamed bodies and
 * `Request` objects, which is left to the platform.
 *
 * @throws TypeError for an address that is none
 */
export function toOutgoing(
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit = {},
): Outgoing | undefined {
  if (typeof input === 'object' && !(input instanceof URL)) return undefined
  const url = typeof input === 'string' ? new URL(input) : input
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  if (url.username !== '' || url.password !== '' || 'dispatcher' in init) return undefined
  const { body = null } = init
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) return undefined
  const method = init.method?.toUpperCase() ?? 'GET'
  if (method === 'CONNECT' || ((method === 'GET' || method === 'HEAD') && body !== null)) return undefined

  const headers: Record<string, string> = { ...usual }
  for (const [name, value] of pairsOf(init.headers)) headers[name.toLowerCase()] = value
  delete headers['content-length'] // told from the body
  headers['accept-encoding'] ??= url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate'
  if (typeof body === 'string') headers['content-type'] ??= 'text/plain;charset=UTF-8'
  return { url, method, headers, body, signal: init.signal ?? undefined, redirect: init.redirect ?? 'follow' }
}

function pairsOf(headers: RequestInit['headers']): Iterable<readonly [string, string]> {
  if (headers === undefined) return []
  return Symbol.iterator in headers
    ? (headers as Iterable<[string, string]>)
    : Object.entries(headers as Record<string, string>)
}
