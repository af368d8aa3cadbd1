import type { FailureKind } from '@llmfb/core/provider'
import { errorIn, field, isObject } from './wire.ts'

/** `{ error: { code, message, status, details } }`, as far as it is that; gateways leave out the frame, or send words. */
export interface GoogleError {
  /** The status over HTTP, as the body has it. */
  readonly httpStatus?: number
  /** Google's own word, such as `RESOURCE_EXHAUSTED`. */
  readonly status?: string
  /** From `google.rpc.ErrorInfo`, such as `API_KEY_INVALID`. */
  readonly reason?: string
  /** From `google.rpc.RetryInfo`, such as `17s`. */
  readonly retryDelay?: string
  /** From `google.rpc.QuotaFailure`: which limits were reached. */
  readonly violations: readonly { readonly quotaId: string; readonly quotaValue: string }[]
  readonly message: string
}

export function readGoogleError(body: unknown): GoogleError {
  const error = errorIn(body) ?? body
  const details = field(error, 'details')
  const all = Array.isArray(details) ? details : []
  const detail = (type: string): unknown => all.find((each) => textIn(each, '@type').endsWith(`google.rpc.${type}`))
  const violations = field(detail('QuotaFailure'), 'violations')
  const code = field(error, 'code')
  const message = typeof error === 'string' ? error : textIn(error, 'message')
  const named = { status: field(error, 'status'), reason: field(detail('ErrorInfo'), 'reason') }
  const retryDelay = field(detail('RetryInfo'), 'retryDelay')
  return {
    ...(typeof code === 'number' && { httpStatus: code }),
    ...(typeof named.status === 'string' && named.status !== '' && { status: named.status }),
    ...(typeof named.reason === 'string' && { reason: named.reason }),
    ...(typeof retryDelay === 'string' && { retryDelay }),
    violations: (Array.isArray(violations) ? violations : []).filter(isObject).map((violation) => ({
      quotaId: textIn(violation, 'quotaId'),
      quotaValue: textIn(violation, 'quotaValue'),
    })),
    message,
  }
}

function textIn(value: unknown, name: string): string {
  const text = field(value, name)
  return typeof text === 'string' ? text : ''
}

/** Source: `google.rpc.Code`, and "Troubleshooting" in the service's documentation. */
const kindOfStatusWord: Readonly<Record<string, FailureKind>> = {
  INVALID_ARGUMENT: 'invalid-request',
  OUT_OF_RANGE: 'invalid-request',
  UNIMPLEMENTED: 'invalid-request',
  // "User location is not supported", "free tier is not available in your country": nothing the request could change.
  FAILED_PRECONDITION: 'permission',
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'permission',
  NOT_FOUND: 'model-not-found',
  RESOURCE_EXHAUSTED: 'rate-limit',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
  ABORTED: 'server',
  CANCELLED: 'server',
  INTERNAL: 'server',
  UNKNOWN: 'server',
  DATA_LOSS: 'server',
}

/** Source: `google.api.ErrorReason`. The service answers a wrong key with 400 INVALID_ARGUMENT. */
const kindOfReason: Readonly<Record<string, FailureKind>> = {
  API_KEY_INVALID: 'authentication',
  API_KEY_EXPIRED: 'authentication',
  ACCESS_TOKEN_EXPIRED: 'authentication',
  CREDENTIALS_MISSING: 'authentication',
  BILLING_DISABLED: 'quota',
  CONSUMER_SUSPENDED: 'permission',
  CONSUMER_INVALID: 'permission',
  SERVICE_DISABLED: 'permission',
  API_KEY_SERVICE_BLOCKED: 'permission',
  API_KEY_HTTP_REFERRER_BLOCKED: 'permission',
  API_KEY_IP_ADDRESS_BLOCKED: 'permission',
  API_KEY_ANDROID_APP_BLOCKED: 'permission',
  API_KEY_IOS_APP_BLOCKED: 'permission',
}

/**
 * The one place that reads words: nothing else tells a prompt for a larger model from a wrong request, or an empty account
 * from one that is in a hurry. Each pattern is the beginning of a message that the service has sent; where it changes its
 * words, the failure is what its status says.
 */
const kindOfWords: readonly (readonly [string, RegExp, FailureKind])[] = [
  ['INVALID_ARGUMENT', /^the input token count.* exceeds the maximum number of tokens/i, 'context-length'],
  ['RESOURCE_EXHAUSTED', /^your prepayment credits are depleted/i, 'quota'],
  ['RESOURCE_EXHAUSTED', /^your (?:project|billing account) has exceeded its (?:monthly )?spending cap/i, 'quota'],
]

/** What the body alone says; undefined where it says nothing. A limit of a day, or of nothing, is a quota. */
export function kindOfError({ status, reason, violations, message }: GoogleError): FailureKind | undefined {
  const byReason = reason !== undefined && Object.hasOwn(kindOfReason, reason) ? kindOfReason[reason] : undefined
  if (byReason) return byReason
  if (violations.some(({ quotaId, quotaValue }) => /PerDay/.test(quotaId) || quotaValue === '0')) return 'quota'
  const byWords = kindOfWords.find(([word, pattern]) => word === status && pattern.test(message))
  if (byWords) return byWords[2]
  return status !== undefined && Object.hasOwn(kindOfStatusWord, status) ? kindOfStatusWord[status] : undefined
}
