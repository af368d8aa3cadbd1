import {
  keptHeaders,
  kindOfStatus,
  oneLine,
  parseRetryAfter,
  ProviderError,
  quotesPage,
  toSafeCause,
} from '@llmfb/core/provider'
import type { FailureKind, Redact } from '@llmfb/core/provider'
import { causesOf, codeOf, innermostMessage } from '@llmfb/transport'
import { kindOfName, kindOfWords } from './kinds.ts'
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

/** What came over the wire, as far as a failure is told from it. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of one that is not a success, or of one that is not what was asked for. */
  readonly text?: string
}

/** The SDK's error, or what else a call threw before there was an answer. */
export function toLocalError(error: unknown, context: FailureContext): ProviderError {
  const name = nameOf(error)
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    const message = 'Amazon Bedrock was not called: there are no AWS credentials, or they could not be had'
    return failure('authentication', message, context, { cause: error })
  }
  if (isTimeout(error)) return failure('timeout', 'Amazon Bedrock did not answer in time', context, { cause: error })
  const code = codeOf(error)
  if (code !== undefined || name === 'TimeoutError' || isFetchError(error)) {
    const reason = code ?? (name === 'TimeoutError' ? 'no connection in time' : innermostMessage(error))
    return failure('network', `Amazon Bedrock could not be reached: ${reason}`, context, { cause: error })
  }
  const reason = error instanceof Error ? error.message : typeof error
  return failure('unknown', `The call to Amazon Bedrock failed: ${reason}`, context, { cause: error })
}

/** Whether what came with a 200 is an error, in the service's form. */
export function holdsError({ headers, text }: Answer): boolean {
  const body = parse(text)
  if (headers['x-amzn-errortype'] !== undefined) return true
  return ['message', 'Message', '__type'].some((field) => textOf(body, field) !== undefined)
}

/** A failure that the service reports by its status, or as the whole of a 200. `cause` is what the SDK makes of it. */
export function toReportedError(answer: Answer, context: FailureContext, cause?: unknown): ProviderError {
  const body = parse(answer.text)
  const type = answer.headers['x-amzn-errortype'] ?? textOf(body, '__type') ?? textOf(body, 'code')
  const message = textOf(body, 'message') ?? textOf(body, 'Message') ?? ''
  return toStreamedError(type, message, answer, context, cause)
}

/** A failure of the class `type`, as the service reports it within a stream. */
export function toStreamedError(
  type: string | undefined,
  message: string,
  answer: Answer,
  context: FailureContext,
  cause?: unknown,
): ProviderError {
  const name = type === undefined ? undefined : toName(context.redact(type))
  const said = [answer.status, name].filter((word) => word !== undefined).join(' ')
  const words = `Amazon Bedrock answered ${said}${message === '' ? '' : `: ${message}`}`
  return failure(toKind(answer.status, name, message), words, context, { answer, name, cause })
}

function toKind(status: number, name: string | undefined, words: string): FailureKind {
  const told = kindOfWords(name, words)
  if (told !== undefined) return told
  const named = name === undefined ? undefined : kindOfName(name)
  if (named !== undefined) return named
  // An error within a 200 that says nothing of itself is the service's own fault, not the caller's.
  return status >= 400 ? kindOfStatus(status) : 'server'
}

/** What is known of a failure beside its kind. */
interface Found {
  readonly answer?: Answer | undefined
  readonly name?: string | undefined
  readonly cause?: unknown
}

/** Makes the contract's error. */
export function failure(
  kind: FailureKind,
  message: string,
  context: FailureContext,
  { answer, name, cause }: Found = {},
): ProviderError {
  const headers = answer?.headers
  const id = headers?.['x-amzn-requestid'] ?? headers?.['x-amzn-request-id']
  const retryAfterMs = headers && parseRetryAfter((header) => headers[header] ?? null, context.wallTimeMs)
  return new ProviderError(oneLine(context.redact(message)), {
    kind,
    provider: context.provider,
    ...(context.model !== undefined && { model: context.model }),
    ...(answer && { status: answer.status }),
    ...(name !== undefined && { providerCode: name }),
    ...(id && { requestId: context.redact(id) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(headers && { headers: keptHeaders(Object.entries(headers), interesting, context.redact) }),
    ...(cause !== undefined && !isPage(cause) && { cause: toSafeCause(cause, context.redact) }),
  })
}

/** The class of an error without what some fronts of AWS put around it: `prefix#Name:http://internal…`. */
function toName(type: string): string | undefined {
  const name = type.split(':', 1)[0]?.split('#').at(-1)?.trim()
  if (!name || name === 'Unknown' || name === 'UnknownError') return undefined
  return `${name[0]?.toUpperCase()}${name.slice(1)}`
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(body: unknown, field: string): string | undefined {
  const value = isObject(body) ? body[field] : undefined
  return typeof value === 'string' ? value : undefined
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

/** Whether a service that was reached kept silent for too long. A connection that cannot be made is none of these. */
export function isTimeout(error: unknown): boolean {
  const chain = causesOf(error)
  const code = codeOf(error)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return true
  // The SDK's handler: silence has a code and no system call; a connection not made has no code.
  const silent = code === 'ETIMEDOUT' && !chain.some((inner) => 'syscall' in inner || inner instanceof AggregateError)
  return chain.some((inner) => inner.name === 'TimeoutError' && (silent || inner instanceof DOMException))
}

function isFetchError(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'fetch failed'
}

/** An error that quotes a whole page says no more than ours. What a JSON parser says quotes the answer, too. */
function isPage(cause: unknown): boolean {
  return cause instanceof SyntaxError || quotesPage(cause)
}

const interesting = /^(?:x-amzn-request-?id|x-amzn-errortype|retry-after|retry-after-ms)$/
