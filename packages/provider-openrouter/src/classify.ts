import type { FailureKind } from '@llmfb/core/provider'
import type { ServiceError } from '@llmfb/openai-compatible'

/** Codes of the providers behind OpenRouter that say more than the status does. */
const upstreamKinds: ReadonlyMap<unknown, FailureKind> = new Map([
  ['context_length_exceeded', 'context-length'],
  ['content_filter', 'content-filter'],
  ['content_policy_violation', 'content-filter'],
])

/** OpenRouter's code is the status: where that covers several kinds, nothing but the message tells them apart. */
const words: readonly (readonly [status: number, words: RegExp, kind: FailureKind])[] = [
  [400, /is not a valid model id\b/i, 'model-not-found'],
  [400, /maximum context length is \d+ tokens/i, 'context-length'],
  [403, /^key limit exceeded/i, 'quota'],
]

interface OpenRouterError {
  readonly message?: unknown
  readonly metadata?: {
    /** Why the input was flagged; there is none otherwise. */
    readonly reasons?: unknown
    /** What the provider behind answered, as text. */
    readonly raw?: unknown
  } | null
}

/** What OpenRouter's errors mean beyond their status. Sources: its page on errors, and what its users report. */
export function classify({ status, body }: ServiceError): FailureKind | undefined {
  const { message, metadata } = (typeof body === 'object' && body !== null ? body : {}) as OpenRouterError
  if (status === 403 && Array.isArray(metadata?.reasons)) return 'content-filter'
  const upstream = status === 400 ? upstreamKinds.get(readUpstreamCode(metadata?.raw)) : undefined
  if (upstream !== undefined) return upstream
  const text = typeof message === 'string' ? message : ''
  return words.find(([of, pattern]) => of === status && pattern.test(text))?.[2]
}

function readUpstreamCode(raw: unknown): unknown {
  if (typeof raw !== 'string') return undefined
  try {
    return (JSON.parse(raw) as { readonly error?: { readonly code?: unknown } } | null)?.error?.code
  } catch {
    return undefined
  }
}
