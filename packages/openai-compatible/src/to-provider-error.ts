import type { Clock, FailureKind, Redact } from '@llmfb/core/provider'
import {
  isProviderError,
  keptHeaders,
  oneLine,
  parseDuration,
  parseRetryAfter,
  ProviderError,
  quotesPage,
  toSafeCause,
} from '@llmfb/core/provider'
import { codeOf } from '@llmfb/transport'
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { classifyError } from './classify-error.ts'
import type { ChatCompletionsDialect, ServiceError } from './dialect.ts'
import { isRecord } from './wire.ts'

/** What a failure of a call is told with. */
export interface FailureContext {
  /** Id of the provider. */
  readonly provider: string
  /** Name of the service for people. */
  readonly name: string
  /** The model that was asked for. */
  readonly model: string
  readonly dialect: ChatCompletionsDialect
  /** Knows the key. */
  readonly redact: Redact
  readonly clock: Clock
  /** Headers of the answer, once there are any. */
  readonly headers?: Headers
}

const headersOfInterest =
  /^(?:x-)?ratelimit-|^(?:anthropic|x-ms|apim)-.*(?:ratelimit|request-id|region)|retry-after|request-id$|^x-generation-id$|^cf-ray$/
const requestIdHeaders = [
  'x-request-id',
  'request-id',
  'apim-request-id',
  'x-ms-request-id',
  'x-generation-id',
  'cf-ray',
]

/** The service's id of an exchange. */
export function readRequestId(headers: Headers): string | undefined {
  for (const name of requestIdHeaders) {
    const id = headers.get(name)
    if (id) return id
  }
  return undefined
}

/** An error of the SDK, from before the body of a good answer was read. */
export function toProviderError(error: unknown, context: FailureContext): ProviderError {
  if (isProviderError(error)) return error
  const { name, redact } = context
  const cause = toCause(error, redact)
  if (error instanceof APIConnectionTimeoutError)
    return fail('timeout', `${name} did not answer in time`, context, { cause })
  if (error instanceof APIConnectionError) {
    const code = codeOf(error)
    return fail('network', `${name} could not be reached${code ? `: ${code}` : ''}`, context, { cause })
  }
  if (error instanceof APIError && error.status !== undefined) {
    const headers = error.headers as Headers | undefined
    return toServiceError(error.error, error.status, { ...context, ...(headers ? { headers } : {}) }, cause)
  }
  const message = error instanceof Error ? error.message : String(error)
  return fail('unknown', `The call to ${name} failed: ${message}`, context, { cause })
}

/** An error that a service put into the body of a 200, or into a stream. */
export function toAnswerError(body: unknown, context: FailureContext): ProviderError {
  const code = isRecord(body) ? Number(body['code']) : Number.NaN // OpenRouter's codes are HTTP statuses
  const status = code >= 400 && code <= 599 ? code : 200
  return toServiceError(body, status, context)
}

/** A body that broke off after the headers of a good answer. */
export function toBodyError(error: unknown, context: FailureContext): ProviderError {
  if (isProviderError(error)) return error
  const cause = toCause(error, context.redact)
  const code = codeOf(error)
  if (code === 'event-too-large')
    return fail('malformed', `${context.name} sent an event that is too large`, context, { cause })
  if (code === 'UND_ERR_BODY_TIMEOUT')
    return fail('timeout', `${context.name} stopped sending its answer`, context, { cause })
  return fail('truncated', `The answer of ${context.name} broke off${code ? `: ${code}` : ''}`, context, { cause })
}

/** What reading an answer failed with: an answer of another shape than any that is read makes the reading itself fail. */
export function toReadingError(error: unknown, context: FailureContext): ProviderError {
  if (isProviderError(error)) return error
  return fail('malformed', `The answer of ${context.name} has a shape that is not known`, context, { status: 200 })
}

/** Makes the error, in one line and without secrets. */
export function fail(
  kind: FailureKind,
  message: string,
  context: FailureContext,
  details: { readonly status?: number; readonly providerCode?: string; readonly cause?: unknown } = {},
): ProviderError {
  const { provider, model, headers, redact } = context
  const requestId = headers && readRequestId(headers)
  const retryAfterMs = headers && findRetryAfter(kind, headers, context.clock.wallTime())
  const kept = headers && keptHeaders(headers, headersOfInterest, redact)
  return new ProviderError(oneLine(redact(message)), {
    kind,
    provider,
    model,
    ...details,
    ...(requestId ? { requestId: redact(requestId) } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(kept && Object.keys(kept).length > 0 ? { headers: kept } : {}),
  })
}

function toServiceError(raw: unknown, status: number, context: FailureContext, cause?: Error): ProviderError {
  const { dialect, name, redact } = context
  const body = unwrap(raw)
  const code = isRecord(body) ? readCode(body['code'], status) : undefined
  const type = isRecord(body) ? readCode(body['type'], status) : undefined
  const error: ServiceError = { status, body, ...(code ? { code } : {}), ...(type ? { type } : {}) }
  const kind = dialect.classify?.(error) ?? classifyError(error)
  const word = code ?? type
  const text = readMessage(body)
  const providerCode = word === undefined ? {} : { providerCode: redact(word) }
  const message = `${name} answered ${status}${word ? ` ${word}` : ''}${text ? `: ${text}` : ''}`
  return fail(kind, message, context, { status, ...providerCode, ...(cause ? { cause } : {}) })
}

/** Google's endpoint wraps its error in a list; others say `{ error: … }` inside what the SDK took for the error. */
function unwrap(raw: unknown): unknown {
  const first: unknown = Array.isArray(raw) ? raw[0] : raw
  if (!isRecord(first)) return first
  const inner = first['error']
  return isRecord(inner) || (typeof inner === 'string' && first['message'] === undefined) ? inner : first
}

function readCode(value: unknown, status: number): string | undefined {
  return typeof value === 'string' && value !== '' && value !== String(status) ? value : undefined
}

function readMessage(body: unknown): string {
  if (typeof body === 'string') return body
  if (!isRecord(body)) return ''
  const text = body['message'] ?? body['detail']
  return typeof text === 'string' ? text : text === undefined ? '' : JSON.stringify(text)
}

function findRetryAfter(kind: FailureKind, headers: Headers, wallTime: number): number | undefined {
  const told = parseRetryAfter((name) => headers.get(name), wallTime)
  if (told !== undefined || kind !== 'rate-limit') return told
  // OpenAI always says when each limit resets; the wait is for those that are used up.
  let longest: number | undefined
  for (const limit of ['requests', 'tokens']) {
    if (headers.get(`x-ratelimit-remaining-${limit}`) !== '0') continue
    const waitMs = parseDuration(headers.get(`x-ratelimit-reset-${limit}`) ?? '')
    if (waitMs !== undefined && (longest === undefined || waitMs > longest)) longest = waitMs
  }
  return longest
}

/** The SDK's error without secrets. One that quotes a whole page says no more than ours. */
function toCause(error: unknown, redact: Redact): Error | undefined {
  return quotesPage(error) ? undefined : toSafeCause(error, redact)
}
