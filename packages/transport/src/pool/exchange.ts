import type { Dispatcher } from 'undici'
import { BodyQueue, type BodySource } from './body-queue.ts'
import { type BodySink, decoded } from './decoded.ts'
import type { Outgoing } from './outgoing.ts'
import type { Connection } from './connections.ts'
import { PooledHeaders } from './pooled-headers.ts'
import { PooledResponse } from './pooled-response.ts'

/** What an exchange tells of itself. */
export interface ExchangeEvents {
  /** The request goes out, on a connection that is there. */
  onConnected(): void
  onHeaders(): void
  /** It is over. A connection that is whole may carry another one. */
  onClose(whole: boolean): void
}

/** Statuses whose answers have no body. */
const bodiless = new Set([101, 103, 204, 205, 304])

/**
 * Sends a request over a connection that carries nothing else, and resolves when the headers of its answer are there. An
 * abort of its signal closes the connection at any moment until the body has ended. Like the platform's fetch it rejects
 * with the signal's reason, or with a `TypeError` whose cause tells what happened.
 */
export function exchange(
  outgoing: Outgoing,
  redirected: boolean,
  { dispatcher, proxyHeaders }: Connection,
  events: ExchangeEvents,
): Promise<Response> {
  const { url, method, headers, body, signal } = outgoing
  const path = url.pathname + url.search
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let sink: BodySink | undefined
    let over = false

    function close(whole: boolean): boolean {
      if (over) return false
      over = true
      signal?.removeEventListener('abort', onAbort)
      events.onClose(whole)
      return true
    }

    /** Ends it with `error`, by whichever side. */
    function fail(error: unknown, now: boolean): void {
      if (!close(false)) return
      if (sink) sink.fail(error, now)
      else reject(error)
    }

    function onAbort(): void {
      fail(signal?.reason, true)
    }

    const source: BodySource = {
      pause: () => controller?.pause(),
      resume: () => controller?.resume(),
      abort: () => void close(false),
    }

    signal?.addEventListener('abort', onAbort, { once: true })
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(next) {
        controller = next
        if (over) next.abort(new Error('The exchange is over'))
        else events.onConnected()
      },
      onResponseStart(_, status, raw, statusText = '') {
        if (status < 200 || over) return
        events.onHeaders()
        let queue: BodyQueue | undefined
        if (!bodiless.has(status) && method !== 'HEAD') {
          const coding = String(raw['content-encoding'] ?? '')
            .trim()
            .toLowerCase()
          if (coding === '' || coding === 'identity') sink = queue = new BodyQueue(source)
          else [sink, queue] = decoded(coding, source, (from) => new BodyQueue(from))
        }
        const answer = { status, statusText, headers: new PooledHeaders(raw), url: url.href, redirected }
        resolve(new PooledResponse(answer, queue))
      },
      onResponseData: (_, chunk) => sink?.push(chunk),
      onResponseEnd() {
        if (close(true)) sink?.end()
      },
      onResponseError: (_, error) => fail(new TypeError(sink ? 'terminated' : 'fetch failed', { cause: error }), false),
    }
    try {
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: proxyHeaders ? url.origin + path : path,
          method: method,
          headers: proxyHeaders ? { ...headers, host: url.host, ...proxyHeaders } : headers,
          body,
        },
        handler,
      )
    } catch (error) {
      fail(new TypeError('fetch failed', { cause: error }), false)
    }
  })
}
