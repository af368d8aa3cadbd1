import { createRedactor, isLlmfbError } from '@llmfb/core/provider'
import type { CallOptions, Clock, FailureKind, ProviderError, Redact } from '@llmfb/core/provider'
import { codeOf, isTimeout, readText, untilAborted } from '@llmfb/transport'
import { failure, toReportedError, toUnreachable, type FailureContext } from './to-provider-error.ts'

/** One call over the wire: it can be ended at any moment, and knows what an error in it means. */
export interface Exchange {
  /** Aborted with the caller's, and when the headers take too long. */
  readonly signal: AbortSignal
  /** What the caller passed beside the request. */
  readonly options: CallOptions
  /** Says which secrets errors of this call may carry. */
  useRedact(redact: Redact): void
  /** Waits for `work` no longer than the caller wants the call. */
  wait<T>(work: Promise<T>): Promise<T>
  /** The answer to what `send` sends, once its headers are there. @throws ProviderError where it is none of the good ones */
  reach(send: (signal: AbortSignal) => Promise<Response>, timeoutMs: number): Promise<Response>
  /** Waits for the next piece of the answer; a connection that breaks has cut it. */
  read<T>(work: Promise<T>): Promise<T>
  /** Makes a failure of the answer, with what its headers tell. */
  fail(kind: FailureKind, message: string, cause?: unknown, code?: string): ProviderError
  /** Makes the failure that the service reports within a 200. */
  failReported(body: unknown): ProviderError
  /** What to throw for `error`: the caller's reason when the caller ended the call. */
  toError(error: unknown): unknown
  /** Lets go of the caller's signal. */
  close(): void
}

interface CallContext extends Pick<FailureContext, 'provider' | 'model'> {
  readonly clock: Clock
  readonly options: CallOptions
}

/** @throws the reason of `caller` when it is aborted already */
export function openExchange({ clock, options, ...call }: CallContext, caller: AbortSignal | undefined): Exchange {
  caller?.throwIfAborted()
  const controller = new AbortController()
  const { signal } = controller
  const abort = (): void => controller.abort(caller?.reason)
  caller?.addEventListener('abort', abort, { once: true })

  let redact = createRedactor()
  let response: Response | undefined
  const context = (): FailureContext => ({ ...call, redact, wallTimeMs: clock.wallTime() })

  const fail: Exchange['fail'] = (kind, message, cause, code) =>
    failure(kind, `Google: ${message}`, context(), {
      status: response?.status,
      headers: response?.headers,
      ...(code !== undefined && { code }),
      cause,
    })

  async function fetched(send: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
    try {
      return await send(signal)
    } catch (error) {
      throw signal.aborted ? signal.reason : toUnreachable(error, context())
    }
  }

  return {
    signal,
    options,
    useRedact(next) {
      redact = next
    },
    async wait(work) {
      return await untilAborted(work, signal)
    },
    async reach(send, timeoutMs) {
      const tooLate = (): void => controller.abort(fail('timeout', 'there was no answer within timeoutMs'))
      const timer = clock.schedule(timeoutMs, tooLate)
      try {
        response = await fetched(send)
        if (response.ok) return response
        // An error whose body does not end is told by its status.
        const text = await readText(response, signal).catch(() => '')
        if (caller?.aborted) throw caller.reason
        throw toReportedError({ status: response.status, headers: response.headers, body: parsed(text) }, context())
      } finally {
        timer.cancel()
      }
    },
    async read(work) {
      try {
        return await untilAborted(work, signal)
      } catch (error) {
        if (codeOf(error) === 'event-too-large') {
          throw fail('malformed', 'an event of the stream has no end', error)
        }
        if (isTimeout(error)) throw fail('timeout', 'the answer did not go on in time', error)
        throw fail('truncated', 'the connection broke within the answer', error)
      }
    },
    fail,
    failReported(body) {
      return toReportedError({ status: response?.status, headers: response?.headers, body }, context())
    },
    toError(error) {
      if (caller?.aborted) return caller.reason
      if (isLlmfbError(error)) return error
      // What the reading failed with may quote the answer.
      if (response) return fail('malformed', 'the answer has not the shape of one')
      return fail('unknown', `the call failed: ${error instanceof Error ? error.message : typeof error}`, error)
    },
    close() {
      caller?.removeEventListener('abort', abort)
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
