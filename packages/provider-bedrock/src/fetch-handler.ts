import type { RequestHandler } from './http.ts'

/** A request handler of the SDK over a `fetch` of the caller's. */
export function createFetchHandler(fetch: typeof globalThis.fetch): RequestHandler {
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
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: response.body ?? new Uint8Array(),
        },
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}
