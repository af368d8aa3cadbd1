import { isLlmfbError } from '@llmfb/core/provider'
import type { CallOptions, Clock, FailureKind, ProviderError, Redact, Timer } from '@llmfb/core/provider'
import { untilAborted } from '@llmfb/transport'
import { createAwsRedactor } from './secrets.ts'
import {
  failure,
  holdsError,
  isTimeout,
  toLocalError,
  toReportedError,
  toStreamedError,
  type Answer,
  type FailureContext,
} from './to-provider-error.ts'

/** One call over the wire: it can be ended at any moment, and knows what an error in it means. */
export interface Exchange {
  /** Aborted with the caller's; goes into the SDK. */
  readonly signal: AbortSignal
  /** The answer, from the moment its headers are there. */
  readonly answer: Answer | undefined
  readonly clock: Clock
  /** What the caller passed beside the request. */
  readonly options: CallOptions
  /** Says which secrets errors of this call may carry. */
  useRedact(redact: Redact): void
  /** Waits for `work` no longer than the caller wants the call. */
  wait<T>(work: Promise<T>): Promise<T>
  /** Ends the call where there is no answer within so many milliseconds. */
  awaitAnswer(timeoutMs: number): void
  /** From here on there is an answer: what fails is that it is none. */
  answered(answer: Answer): void
  /** Waits for the next piece of the answer; a connection that breaks has cut it. */
  read<T>(work: Promise<T>): Promise<T>
  /** Makes a failure of the answer, with what its headers tell. */
  fail(kind: FailureKind, message: string, cause?: unknown): ProviderError
  /** Makes the failure of a 200 that is no answer: the error it holds, if it holds one. */
  failAnswer(message: string): ProviderError
  /** Makes the failure that the service reports within a stream. */
  failReported(type: string | undefined, message: string): ProviderError
  /** What to throw for `error`: the caller's reason when the caller ended the call. */
  toError(error: unknown): unknown
  /** Closes the connection, whatever is still under way. */
  abort(): void
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

  let redact: Redact | undefined
  let answer: Answer | undefined
  let timer: Timer | undefined
  const context = (): FailureContext => ({
    ...call,
    redact: redact ?? createAwsRedactor([]),
    wallTimeMs: clock.wallTime(),
  })

  function fail(kind: FailureKind, message: string, cause?: unknown): ProviderError {
    return failure(kind, `Amazon Bedrock: ${message}`, context(), { answer, cause })
  }

  const exchange: Exchange = {
    signal,
    options,
    clock,
    get answer() {
      return answer
    },
    useRedact(next) {
      redact = next
    },
    wait: (work) => untilAborted(work, signal),
    awaitAnswer(timeoutMs) {
      timer = clock.schedule(timeoutMs, () => {
        controller.abort(new DOMException('There was no answer within timeoutMs', 'TimeoutError'))
      })
    },
    answered(next) {
      timer?.cancel()
      answer = next
    },
    async read(work) {
      try {
        return await untilAborted(work, signal)
      } catch (error) {
        if (isTimeout(error)) throw fail('timeout', 'the answer did not go on in time', error)
        throw fail('truncated', 'the connection broke within the answer', error)
      }
    },
    fail,
    failAnswer(message) {
      if (answer && holdsError(answer)) return toReportedError(answer, context())
      return fail('malformed', message)
    },
    failReported(type, message) {
      return toStreamedError(type, message, answer ?? { status: 200, headers: {} }, context())
    },
    toError(error) {
      if (caller?.aborted) return caller.reason
      if (isLlmfbError(error)) {
        Reflect.deleteProperty(error, '$metadata') // the SDK writes on whatever passes through it
        return error
      }
      if (!answer) return toLocalError(error, context())
      if (answer.status >= 300) return toReportedError(answer, context(), error)
      // What the reading failed with may quote the answer.
      return exchange.failAnswer('the answer has not the shape of one')
    },
    abort() {
      controller.abort()
    },
    close() {
      timer?.cancel()
      caller?.removeEventListener('abort', abort)
    },
  }
  return exchange
}
