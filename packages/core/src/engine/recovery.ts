import type { ProviderError } from '../errors/provider-error.ts'
import { findContinuationObstacle, toContinuation } from '../history/continuation.ts'
import { createSeam } from '../history/seam.ts'
import { addUsage } from '../price/add-usage.ts'
import type { Attempt } from '../provider/ledger.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import type { StreamEvent } from '../provider/stream-event.ts'
import type { Usage } from '../provider/usage.ts'
import type { Collector } from '../stream/collector.ts'
import type { Run } from './run.ts'

/** How a stream that broke after its first content goes on. */
export interface Recovery {
  /** What broke it. */
  readonly broken: ProviderError
  /** The call that broke, where what it delivered is void and the answer begins anew. */
  readonly reset: Attempt | undefined
  readonly warnings: readonly Warning[]
  /** The event without what was delivered before; undefined where nothing is left of it. */
  join(event: StreamEvent): StreamEvent | undefined
  /** What all calls used together whose content was handed on, the last of which used this. */
  usageOfAll(last: Usage | undefined): Usage | undefined
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
  if (run.now() >= run.deadlineAt) return undefined
  const usageOfAll: Recovery['usageOfAll'] = (last) => run.attempts.filter(broke).reduce(addUsageOf, last)
  if (run.route.policy.afterCommit === 'restart') {
    run.replace(request, false)
    const reset = run.attempts.findLast(broke)
    return { broken, reset, warnings: [], join: (event) => event, usageOfAll }
  }
  const { text, content } = delivered
  if (findContinuationObstacle({ text, content }, request) !== undefined) return undefined
  const continuation = toContinuation(request, { text, content })
  run.replace(continuation, true)
  const unthinking = request.reasoning !== undefined && continuation.reasoning === undefined
  const message = 'The answer was gone on with after its stream broke, without further reasoning.'
  const warnings: readonly Warning[] = unthinking ? [{ type: 'changed', parameter: 'reasoning', message }] : []
  const seam = createSeam(text)
  return { broken, reset: undefined, warnings, join: (event) => joinAt(seam, event), usageOfAll }
}

function joinAt(seam: (piece: string) => string, event: StreamEvent): StreamEvent | undefined {
  if (event.type !== 'text-delta') return event
  const text = seam(event.text)
  return text === '' && event.opaque === undefined ? undefined : { ...event, text }
}

function addUsageOf(sum: Usage | undefined, { usage }: Attempt): Usage | undefined {
  return addUsage(sum, usage)
}

/** Whether a call of a stream failed after its content was handed on. */
function broke({ outcome, firstContentMs }: Attempt): boolean {
  return outcome === 'failure' && firstContentMs !== undefined
}
