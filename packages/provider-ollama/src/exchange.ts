import type { Clock } from '@llmfb/core/provider'
import { readJson } from './json-body.ts'
import { jsonLines } from './json-lines.ts'
import { releaseBody } from './release-body.ts'
import type { Failure, ToError } from './to-provider-error.ts'
import { toBreak } from './to-provider-error.ts'
import { bodyReaderOf, obedientFetch, readText } from '@llmfb/transport'

/** What one call over HTTP is made with. */
export interface ExchangeOptions {
  readonly url: string
  /** Sent with the request; they win over the SDK's own. */
  readonly headers: Headers
  readonly fetch: typeof globalThis.fetch
  /** The caller's. */
  readonly signal: AbortSignal | undefined
  readonly clock: Clock
  /** Longest wait for the response headers, in milliseconds. */
  readonly timeoutMs: number
  /** Whether the answer comes as lines of JSON or as one object. */
  readonly stream: boolean
  /** Makes the error of a failure. */
  readonly toError: ToError
}

type Lines = ReturnType<typeof jsonLines>

/** One call over HTTP. The SDK knows neither abort signals nor time limits, so each of its clients gets a `fetch` that does. */
export interface Exchange {
  readonly fetch: typeof globalThis.fetch
  /** What a streamed answer holds, once the SDK has sent the request. */
  lines(): Lines
  /** Id that the service gave the exchange, once it has answered. */
  requestId(): string | undefined
  /** Makes the error of a failure, with what the service's answer tells once there is one. */
  readonly toError: (failure: Failure) => Error
  /** Ends the exchange, down to the socket where the answer is not all there, or its end does not come. */
  close(): void
}

/** Longest body of an error that is read, in bytes; the rest says nothing new. */
const longestErrorBody = 64 * 1024

/** Begins a call. Call `close` whatever becomes of it. */
export function openExchange(options: ExchangeOptions): Exchange {
  const { signal } = options
  const fetch = obedientFetch(options.fetch)
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  let answered: Response | undefined
  let isReleased = false
  let lines: Lines | undefined
  const toError = (failure: Failure): Error => options.toError(failure, answered)

  async function send(...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
    const headers = new Headers(init?.headers)
    // The SDK takes OLLAMA_API_KEY from the environment by itself; what is sent is for the options alone to say.
    headers.delete('authorization')
    options.headers.forEach((value, name) => headers.set(name, value))
    try {
      return await fetch(input, { ...init, headers, signal: controller.signal })
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason
      throw toError({ type: 'unreachable', url: options.url, error })
    }
  }

  async function readAnswer(response: Response): Promise<unknown> {
    let text: string
    try {
      text = await readText(response, controller.signal)
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason
      throw toError(toBreak(error))
    }
    if (text.trim() === '') throw toError({ type: 'malformed', problem: 'has no body' })
    const read = readJson(text)
    if ('broken' in read) {
      throw toError({ type: read.broken, problem: read.broken === 'truncated' ? 'ends early' : 'is no JSON object' })
    }
    if (read.value['error'] != null) throw toError({ type: 'told', error: read.value['error'] })
    return read.value
  }

  return {
    async fetch(input, init) {
      const { timeoutMs } = options
      const timer = options.clock.schedule(timeoutMs, () => controller.abort(toError({ type: 'timeout', timeoutMs })))
      try {
        const response = await send(input, init)
        answered = response
        if (!response.ok) {
          // The status is known, which matters more than words that do not come.
          const body = await readText(response, controller.signal, longestErrorBody).catch(() => '')
          if (signal?.aborted) throw signal.reason
          throw toError({ type: 'status', status: response.status, body })
        }
        if (!options.stream) {
          // The SDK reads the answer through `json` and makes a bare SyntaxError of one that is none.
          return Object.defineProperty(response, 'json', { value: () => readAnswer(response) })
        }
        const reader = bodyReaderOf(response)
        if (reader === undefined) throw toError({ type: 'malformed', problem: 'has no body' })
        lines = jsonLines(reader, {
          signal: controller.signal,
          toError,
          onDone(rest) {
            isReleased = true
            releaseBody(rest, options.clock)
          },
        })
        // The SDK is content with a body; its events are read from the lines.
        return new Response('')
      } finally {
        timer.cancel()
      }
    },
    lines() {
      if (lines === undefined) throw toError({ type: 'malformed', problem: 'is no stream' })
      return lines
    },
    requestId: () => answered?.headers.get('x-request-id') ?? undefined,
    toError,
    close() {
      signal?.removeEventListener('abort', onAbort)
      if (!isReleased) controller.abort()
    },
  }
}
