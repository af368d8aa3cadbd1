import { createRedactor, isLlmfbError } from '@llmfb/core/provider'
import type { CallOptions, Clock, FailureKind, ProviderError, Redact } from '@llmfb/core/provider'
import { failure, toProviderError, toReportedError, type FailureContext } from './to-provider-error.ts'
import { codeOf, isTimeout, untilAborted } from '@llmfb/transport'

/** One call over the wire: it can be ended at any moment, and knows what an error in it means. */
export interface Exchange {
  /** Aborted with the caller's; goes into the SDK. */
  readonly signal: AbortSignal
  /** What the caller passed beside the request. */
  readonly options: CallOptions
  /** Says which secrets errors of this call may carry. */
  useRedact(redact: Redact): void
  /** Waits for `work` no longer than the caller wants the call. */
  wait<T>(work: Promise<T>): Promise<T>
  /** From here on there is an answer: what fails is that it is none. */
  answered(response: Response): void
  /** Waits for the next piece of the answer; a connection that breaks has cut it. */
  read<T>(work: Promise<T>): Promise<T>
  /** Makes the failure of an answer whose reading failed with `error`. */
  broken(error: unknown): ProviderError
  /** Makes a failure of the answer, with what its headers tell. */
  fail(kind: FailureKind, message: string, cause?: unknown): ProviderError
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
  // A controller for each call: the SDK leaves its listener on the signal that it gets for as long as the answer lives.
  const controller = new AbortController()
  const { signal } = controller
  const abort = (): void => controller.abort(caller?.reason)
  caller?.addEventListener('abort', abort, { once: true })

  let redact = createRedactor()
  let response: Response | undefined
  const context = (): FailureContext => ({ ...call, redact, wallTimeMs: clock.wallTime() })

  function fail(kind: FailureKind, message: string, cause?: unknown): ProviderError {
    return failure(kind, `Anthropic: ${message}`, context(), {
      status: response?.status,
      headers: response?.headers,
      cause,
    })
  }

  function broken(error: unknown): ProviderError {
    if (codeOf(error) === 'event-too-large') return fail('malformed', 'an event of the stream has no end', error)
    if (isTimeout(error)) return fail('timeout', 'the answer did not go on in time', error)
    return fail('truncated', 'the connection broke within the answer', error)
  }

  return {
    signal,
    options,
    broken,
    useRedact(next) {
      redact = next
    },
    async wait(work) {
      return await untilAborted(work, signal)
    },
    answered(next) {
      response = next
    },
    async read(work) {
      try {
        return await untilAborted(work, signal)
      } catch (error) {
        throw broken(error)
      }
    },
    fail,
    failReported(body) {
      return toReportedError({ status: response?.status, headers: response?.headers, body }, context())
    },
    toError(error) {
      if (caller?.aborted) return caller.reason
      // What the reading failed with may quote the answer.
      if (response && !isLlmfbError(error)) return fail('malformed', 'the answer has not the shape of one')
      return toProviderError(error, context())
    },
    close() {
      caller?.removeEventListener('abort', abort)
    },
  }
}
