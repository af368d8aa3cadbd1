import type { ProviderError } from '../errors/provider-error.ts'
import type { Attempt } from '../provider/ledger.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import type { StreamEvent } from '../provider/stream-event.ts'
import type { Usage } from '../provider/usage.ts'
import type { Collector } from '../stream/collector.ts'
import { loadedParts } from './loaded-parts.ts'
import type { Run } from './run.ts'

/** How a stream that broke after its first content goes on. */
export interface Recovery {
  /** What broke it. */
  readonly broken: ProviderError
  /** The call that broke, where what it delivered is void and the answer begins anew. */
  readonly reset: Attempt | undefined
  /** Takes off what of a continuation is there already. */
  readonly seam: ((piece: string) => string) | undefined
  readonly warnings: readonly Warning[]
}

/**
 * Makes the run ready for another call after its stream broke, as the route's `afterCommit` says.
 *
 * @param request as the caller asked it
 * @returns undefined where the stream is to end with what was delivered
 */
export function recover(
  run: Run,
  request: ChatRequest,
  delivered: Collector,
  broken: ProviderError,
): Recovery | undefined {
  const optional = loadedParts(run)
  const { afterCommit } = run.route.policy
  if (afterCommit === 'error' || optional === undefined || run.now() >= run.deadlineAt) return undefined
  if (afterCommit === 'restart') {
    run.replace(request, false)
    return { broken, reset: run.attempts.findLast(broke), seam: undefined, warnings: [] }
  }
  const { text, content } = delivered
  if (optional.findContinuationObstacle({ text, content }, request) !== undefined) return undefined
  const continuation = optional.toContinuation(request, { text, content })
  run.replace(continuation, true)
  const unthinking = request.reasoning !== undefined && continuation.reasoning === undefined
  const message = 'The answer was gone on with after its stream broke, without further reasoning.'
  return {
    broken,
    reset: undefined,
    seam: optional.createSeam(text),
    warnings: unthinking ? [{ type: 'changed', parameter: 'reasoning', message }] : [],
  }
}

/** The event without what was delivered before; undefined where nothing is left of it. */
export function joinAt(seam: (piece: string) => string, event: StreamEvent): StreamEvent | undefined {
  if (event.type !== 'text-delta') return event
  const text = seam(event.text)
  return text === '' && event.opaque === undefined ? undefined : { ...event, text }
}

/** What all calls used together whose content was handed on. */
export function usageOfAll(run: Run, last: Usage | undefined): Usage | undefined {
  let sum = last
  for (const attempt of run.attempts) if (broke(attempt)) sum = loadedParts(run)?.addUsage(sum, attempt.usage)
  return sum
}

/** Whether a call of a stream failed after its content was handed on. */
function broke({ outcome, firstContentMs }: Attempt): boolean {
  return outcome === 'failure' && firstContentMs !== undefined
}
