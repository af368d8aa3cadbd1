import {
  keptHeaders,
  kindOfStatus,
  oneLine,
  parseDuration,
  parseRetryAfter,
  ProviderError,
  toSafeCause,
} from '@llmfb/core/provider'
import type { FailureKind, Redact } from '@llmfb/core/provider'
import { innermostMessage, isTimeout } from '@llmfb/transport'
import { kindOfError, readGoogleError } from './google-error.ts'

/** What is known of a call beside its error. */
export interface FailureContext {
  /** Id of this provider. */
  readonly provider: string
  readonly model?: string
  readonly redact: Redact
  /** Milliseconds since 1970. */
  readonly wallTimeMs: number
}

/** What the service said about a failure. */
interface Reported {
  readonly status?: number | undefined
  readonly headers?: Headers | undefined
  readonly body?: unknown
  /** The service's own word for it, where it is not in the body. */
  readonly code?: string
  readonly cause?: unknown
}

/** Why there was no answer at all. */
export function toUnreachable(cause: unknown, context: FailureContext): ProviderError {
  if (isTimeout(cause)) return failure('timeout', 'Google did not answer in time', context, { cause })
  return failure('network', `Google could not be reached: ${innermostMessage(cause)}`, context, { cause })
}

/** A failure that the service itself reports, by its status or within a 200. */
export function toReportedError(reported: Reported, context: FailureContext): ProviderError {
  const error = readGoogleError(reported.body)
  const status = reported.status !== undefined && reported.status >= 400 ? reported.status : undefined
  // An error within a 200 that says nothing of itself is the service's own fault, not the caller's.
  const kind = kindOfError(error) ?? kindOfStatus(status ?? error.httpStatus ?? 500)
  const code = error.reason ?? error.status
  const answer = [reported.status, code].filter((word) => word !== undefined).join(' ')
  const words = error.message === '' ? '' : `: ${error.message}`
  return failure(kind, `Google answered ${answer || 'with an error'}${words}`, context, {
    ...reported,
    ...(code !== undefined && { code }),
  })
}

/** A failure of this provider's own making: an answer that is none. */
export function failure(
  kind: FailureKind,
  message: string,
  context: FailureContext,
  { status, headers, body, code, cause }: Reported = {},
): ProviderError {
  const { retryDelay } = readGoogleError(body)
  const requestId = headers?.get('x-goog-request-id') ?? headers?.get('x-request-id')
  const retryAfterMs =
    (headers && parseRetryAfter((name) => headers.get(name), context.wallTimeMs)) ??
    (retryDelay === undefined ? undefined : parseDuration(retryDelay))
  return new ProviderError(oneLine(context.redact(message)), {
    kind,
    provider: context.provider,
    ...(context.model !== undefined && { model: context.model }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { providerCode: context.redact(code) }),
    ...(requestId && { requestId: context.redact(requestId) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(headers && { headers: keptHeaders(headers, interesting, context.redact) }),
    ...(cause !== undefined && { cause: toSafeCause(cause, context.redact) }),
  })
}

const interesting = /^(?:retry-after|retry-after-ms|x-gemini-.+|x-goog-request-id|x-request-id)$/
