import { bodyReaderOf, type BodyReader, obedientFetch } from '@llmfb/transport'
import type { RequestHandler } from './http.ts'

/** A request handler of the SDK over a `fetch`. */
export function createFetchHandler(own: typeof globalThis.fetch): RequestHandler {
  const fetch = obedientFetch(own)
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, { abortSignal } = {}) {
      const { protocol, hostname, port, path, query, method, headers, body } = request
      const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`)
      for (const [name, value] of Object.entries(query)) {
        for (const one of [value].flat()) url.searchParams.append(name, one ?? '')
      }
      const { host: _host, 'content-length': _length, ...sent } = headers // these are fetch's own to set
      const response = await fetch(url, {
        method,
        headers: sent,
        ...(body !== undefined && method !== 'GET' && { body: body as string | Uint8Array<ArrayBuffer> }),
        signal: abortSignal ?? null,
      })
      const reader = bodyReaderOf(response)
      // Every call ends by its signal, which `own` may be deaf to.
      abortSignal?.addEventListener('abort', () => void reader?.cancel().catch(() => {}), { once: true })
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: reader ? toPieces(reader) : new Uint8Array(),
        },
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

/** What a reader reads, as `piecesOf` takes it. */
function toPieces(reader: BodyReader): AsyncIterableIterator<Uint8Array, void> {
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array, void>>,
    async return() {
      await reader.cancel()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
