import type { FailureDetails, FailureKind, Redact } from '@llmfb/core/provider'
import { keptHeaders, kindOfStatus, oneLine, parseRetryAfter, ProviderError, toSafeCause } from '@llmfb/core/provider'
import { codeOf } from '@llmfb/transport'

/** How a call of Ollama can end other than well. */
export type Failure =
  /** It answered with a status that is none of success. */
  | { readonly type: 'status'; readonly status: number; readonly body: string }
  /** It told of an error in the body of a success. */
  | { readonly type: 'told'; readonly error: unknown }
  /** What it sent is not an answer, or not a whole one. */
  | { readonly type: 'malformed' | 'truncated' | 'empty'; readonly problem: string; readonly cause?: unknown }
  /** It stopped in the middle of its answer. */
  | { readonly type: 'stalled'; readonly cause: unknown }
  /** No response headers came in time. */
  | { readonly type: 'timeout'; readonly timeoutMs: number }
  /** The function that fetches the key failed. */
  | { readonly type: 'no-key'; readonly cause: unknown }
  /** The key holds what no header can. */
  | { readonly type: 'bad-key' }
  /** Something else went wrong on the way. */
  | { readonly type: 'unknown'; readonly cause: unknown }
  /** No response came. */
  | { readonly type: 'unreachable'; readonly url: string; readonly error: unknown }

/** What a failure is reported with. */
export interface FailureContext {
  /** Id of the provider. */
  readonly provider: string
  readonly model?: string
  readonly redact: Redact
  /** Now, in milliseconds since 1970. */
  readonly wallTime: () => number
}

/** What the service answered with, as far as errors tell of it. */
export type Answered = Pick<Response, 'status' | 'headers'>

/** Makes the error of a failure; `answered` where the service had answered by then. */
export type ToError = (failure: Failure, answered?: Answered) => Error

/** Fields that Ollama, and the proxies in front of it, put an error in. */
interface Told {
  readonly message: string | undefined
  readonly code: string | undefined
  readonly status: number | undefined
}

const interesting = /^(?:retry-after(?:-ms)?|x-request-id|x-ratelimit-.+)$/

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Ollama's `error` is a text; in front of it, llama-server and OpenAI-like proxies answer with an object. */
function readTold(error: unknown): Told {
  if (typeof error !== 'object' || error === null) {
    return { message: textOf(error), code: undefined, status: undefined }
  }
  const { message, code, type, status } = error as Record<string, unknown>
  const number = [status, code].find((value) => typeof value === 'number')
  return {
    message: textOf(message),
    code: textOf(code) ?? textOf(type),
    status: typeof number === 'number' && number >= 400 && number <= 599 ? number : undefined,
  }
}

function readBody(body: string): Told {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) return readTold(parsed.error)
  } catch {
    // Not JSON: a proxy's page, or Ollama's `404 page not found`. Its text is all there is.
  }
  return { message: textOf(body.trim()), code: undefined, status: undefined }
}

/**
 * Ollama has no codes. Where one status stands for several kinds, its words are all there is to tell them apart; where
 * the status or a proxy's code is enough, they are not looked at.
 */
function kindOf(status: number, { code, message = '' }: Told): FailureKind {
  if (code === 'insufficient_quota') return 'quota'
  if (code === 'context_length_exceeded' || code === 'exceed_context_size_error') return 'context-length'
  if (status === 429 && /\b(?:quota|usage limit|upgrade)\b/i.test(message)) return 'quota'
  if (
    status === 503 &&
    (code === 'unavailable_error' || /\bloading\b.*\bmodel\b|\bmodel\b.*\bloading\b/i.test(message))
  ) {
    return 'warming'
  }
  if ([400, 413, 500].includes(status) && /exceed\w*\b.*\bcontext\b|\bcontext\b.*\bexceed/i.test(message)) {
    return 'context-length'
  }
  return kindOfStatus(status)
}

function hintFor(kind: FailureKind, status: number, model: string | undefined): string {
  return kind === 'model-not-found' && status === 404 && model !== undefined
    ? ` (\`ollama pull ${model}\` fetches it)`
    : ''
}

/** Codes that undici, which is behind the global fetch, gives its own time limits. ETIMEDOUT is the network's. */
const timeoutCodes = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']

function isFetchTimeout(error: unknown): boolean {
  return timeoutCodes.includes(codeOf(error) ?? '')
}

/** What it is that a body's reading fails with. */
export function toBreak(error: unknown): Failure {
  return isFetchTimeout(error)
    ? { type: 'stalled', cause: error }
    : { type: 'truncated', problem: 'broke off', cause: error }
}

type Details = Partial<Omit<FailureDetails, 'provider' | 'model'>>

/** Header fields of an answer that an error keeps. */
function detailsOf({ status, headers }: Answered, { redact, wallTime }: FailureContext): Details {
  const retryAfterMs = parseRetryAfter((name) => headers.get(name), wallTime())
  const kept = keptHeaders(headers, interesting, redact)
  const requestId = headers.get('x-request-id')
  return {
    status,
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
    ...(requestId === null ? undefined : { requestId: oneLine(redact(requestId)) }),
    ...(Object.keys(kept).length === 0 ? undefined : { headers: kept }),
  }
}

/** The one place that decides what a failure of Ollama is. */
export function toProviderError(failure: Failure, context: FailureContext, answered?: Answered): ProviderError {
  const { provider, model, redact } = context
  const clean = (text: string): string => oneLine(redact(text))
  const fail = (kind: FailureKind, message: string, { cause, ...details }: Details = {}): ProviderError =>
    new ProviderError(message, {
      kind,
      provider,
      ...(model === undefined ? undefined : { model }),
      ...(answered && detailsOf(answered, context)),
      ...details,
      ...(cause === undefined ? undefined : { cause: toSafeCause(cause, redact) }),
    })
  const failTold = (status: number, message: string, { code }: Told, kind: FailureKind): ProviderError =>
    fail(kind, message, { status, ...(code === undefined ? undefined : { providerCode: clean(code) }) })

  switch (failure.type) {
    case 'status': {
      const { status } = failure
      const told = readBody(failure.body)
      const kind = kindOf(status, told)
      const message = told.message === undefined ? '' : `: ${clean(told.message)}`
      return failTold(status, `Ollama answered ${status}${message}${hintFor(kind, status, model)}`, told, kind)
    }
    case 'told': {
      const told = readTold(failure.error)
      // Ollama leaves the status out once the answer has begun; what fails then is the server's run of the model.
      const kind = kindOf(told.status ?? 500, told)
      const message = `Ollama failed while answering: ${clean(told.message ?? 'it did not say why')}`
      return failTold(told.status ?? answered?.status ?? 200, message, told, kind)
    }
    case 'timeout':
      return fail('timeout', `Ollama sent no response headers within ${failure.timeoutMs} ms`)
    case 'stalled':
      return fail('timeout', 'Ollama stopped sending its answer', { cause: failure.cause })
    case 'unreachable': {
      const code = codeOf(failure.error)
      const reason = code === undefined ? '' : ` (${code})`
      const hint = code === 'ECONNREFUSED' ? '; is `ollama serve` running there?' : ''
      return fail(
        isFetchTimeout(failure.error) ? 'timeout' : 'network',
        `Ollama at ${failure.url} did not answer${reason}${hint}`,
        { cause: failure.error },
      )
    }
    case 'no-key':
      return fail('unknown', 'The key for Ollama could not be fetched', { cause: failure.cause })
    case 'bad-key':
      return fail(
        'authentication',
        'The key for Ollama holds a line break or another character that no header can hold',
      )
    case 'unknown':
      return fail('unknown', 'The call of Ollama failed in an unforeseen way', { cause: failure.cause })
    default:
      return fail(failure.type, `Ollama's answer ${failure.problem}`, { cause: failure.cause })
  }
}
