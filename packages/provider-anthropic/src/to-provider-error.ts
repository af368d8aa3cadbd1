import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk'
import {
  isLlmfbError,
  keptHeaders,
  kindOfStatus,
  oneLine,
  parseRetryAfter,
  ProviderError,
  quotesPage,
  toSafeCause,
} from '@llmfb/core/provider'
import type { FailureKind, Redact } from '@llmfb/core/provider'
import { innermostMessage, isTimeout } from '@llmfb/transport'
import { reasonOf } from './obedient-fetch.ts'
import { isObject } from './wire.ts'

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
  readonly cause?: unknown
}

/** Source: "Errors" in the service's documentation. Types that it uses for any status are left to the status. */
const kindOfType: Readonly<Record<string, FailureKind>> = {
  authentication_error: 'authentication',
  billing_error: 'quota',
  permission_error: 'permission',
  not_found_error: 'model-not-found',
  request_too_large: 'invalid-request',
  rate_limit_error: 'rate-limit',
  timeout_error: 'timeout',
  overloaded_error: 'overloaded',
}

/** Source: `details.error_code` in the SDK's types. A spend limit comes as a 429 or 402 without a time to wait for. */
const kindOfCode: Readonly<Record<string, FailureKind>> = {
  contract_spend_limit_reached: 'quota',
  enforced_spend_limit_reached: 'quota',
  linked_organization_spend_limit_reached: 'quota',
  linked_organization_billing_unavailable: 'quota',
  organization_on_hold: 'permission',
}

/**
 * The one place that reads words. The service answers all of these with status 400 and type `invalid_request_error` and
 * no code, so that nothing else tells an empty account or a prompt for a larger model from a wrong request, which no
 * other target would be asked. Each pattern is the beginning of a message that the service has sent; where it changes
 * its words, the failure is an `invalid-request` again.
 */
const kindOfWords: readonly (readonly [RegExp, FailureKind])[] = [
  [/^your credit balance is too low/i, 'quota'],
  [/^you have reached your specified (?:workspace )?API usage limits/i, 'quota'],
  [/^prompt is too long/i, 'context-length'],
  [/^input length and `?max_tokens`? exceed context limit/i, 'context-length'],
  [/^output blocked by content filtering policy/i, 'content-filter'],
]

/** The SDK's error, or what else a call threw before there was an answer, as the contract's. */
export function toProviderError(error: unknown, context: FailureContext): Error {
  if (isLlmfbError(error)) return error
  if (error instanceof APIConnectionTimeoutError) {
    return failure('timeout', 'Anthropic did not answer within timeoutMs', context, { cause: error })
  }
  if (error instanceof APIConnectionError) {
    const cause = reasonOf(error.cause)
    if (isTimeout(cause)) return failure('timeout', 'Anthropic did not answer in time', context, { cause })
    return failure('network', `Anthropic could not be reached: ${innermostMessage(cause)}`, context, { cause })
  }
  if (error instanceof APIError) {
    const { status, headers, error: body } = error as APIError
    return toReportedError({ status, headers, body, cause: error }, context)
  }
  return failure(
    'unknown',
    `The call to Anthropic failed: ${error instanceof Error ? error.message : typeof error}`,
    context,
    { cause: error },
  )
}

/** A failure that the service itself reports, by its status or within a 200. */
export function toReportedError(reported: Reported, context: FailureContext): ProviderError {
  const { type, code, message } = read(reported.body)
  const kind = toKind(reported.status, type, code, message)
  const answer = [reported.status, code ?? type].filter((word) => word !== undefined).join(' ')
  const words = message === '' ? '' : `: ${message}`
  return failure(kind, `Anthropic answered ${answer || 'with an error'}${words}`, context, reported)
}

/** A failure of this provider's own making: an answer that is none. */
export function failure(
  kind: FailureKind,
  message: string,
  context: FailureContext,
  { status, headers, body, cause }: Reported = {},
): ProviderError {
  const { type, code, requestId } = read(body)
  const providerCode = code ?? type
  const id = headers?.get('request-id') ?? requestId
  const retryAfterMs = headers && parseRetryAfter((name) => headers.get(name), context.wallTimeMs)
  return new ProviderError(oneLine(context.redact(message)), {
    kind,
    provider: context.provider,
    ...(context.model !== undefined && { model: context.model }),
    ...(status !== undefined && { status }),
    ...(providerCode !== undefined && { providerCode: context.redact(providerCode) }),
    ...(id && { requestId: context.redact(id) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(headers && { headers: keptHeaders(headers, interesting, context.redact) }),
    ...(cause !== undefined && !quotesPage(cause) && { cause: toSafeCause(cause, context.redact) }),
  })
}

function toKind(
  status: number | undefined,
  type: string | undefined,
  code: string | undefined,
  message: string,
): FailureKind {
  const byCode = code !== undefined && Object.hasOwn(kindOfCode, code) ? kindOfCode[code] : undefined
  if (byCode) return byCode
  if (type === 'invalid_request_error' && (status === undefined || status <= 400)) {
    return kindOfWords.find(([pattern]) => pattern.test(message))?.[1] ?? 'invalid-request'
  }
  const byType = type !== undefined && Object.hasOwn(kindOfType, type) ? kindOfType[type] : undefined
  if (byType) return byType
  if (status !== undefined && status >= 400) return kindOfStatus(status)
  // An error within a 200 that says nothing of itself is the service's own fault, not the caller's.
  return 'server'
}

/** `{ type: 'error', error: { type, message, details: { error_code } }, request_id }`, as far as it is that; gateways leave out the frame, or send words. */
function read(body: unknown): { type?: string; code?: string; message: string; requestId?: string } {
  const error = field(body, 'error') ?? body
  if (typeof error === 'string') return { message: error }
  const type = field(error, 'type')
  const code = field(field(error, 'details'), 'error_code')
  const message = field(error, 'message')
  const requestId = field(body, 'request_id')
  return {
    ...(typeof type === 'string' && type !== 'error' && { type }),
    ...(typeof code === 'string' && { code }),
    message: typeof message === 'string' ? message : '',
    ...(typeof requestId === 'string' && { requestId }),
  }
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

const interesting = /^(?:anthropic-ratelimit-.+|request-id|retry-after|retry-after-ms|x-should-retry)$/
