import { failureKinds } from '../errors/failure-kind.ts'
import { isLlmfbError } from '../errors/llmfb-error.ts'
import type { FailureDetails } from '../errors/provider-error.ts'
import { isProviderError, ProviderError } from '../errors/provider-error.ts'
import { framesOf } from '../errors/frames-of.ts'
import type { RouteFailedError } from '../errors/route-failed-error.ts'
import { failureOf } from './failure-of.ts'
import type { ExpiredClock, Guard } from './guard.ts'
import type { Target } from './target.ts'

const clocks: Readonly<Record<ExpiredClock, string>> = {
  deadline: "the request's deadline passed",
  attempt: 'it gave no answer in time',
  'first-content': 'its stream gave no content in time',
  idle: 'its stream fell silent',
}

/** What a provider threw, as a failure of one kind. */
export function toFailure(error: unknown, target: Target, guard: Guard, isLoading: boolean): ProviderError {
  const { provider, model } = target
  if (isLoading) return failureOf(target, 'warming', 'its model is still being loaded')
  if (guard.expired !== undefined) return failureOf(target, 'timeout', clocks[guard.expired])
  if (isProviderError(error)) {
    // Written against another version, a provider may know kinds that this one does not.
    return failureKinds.includes(error.kind)
      ? error
      : new ProviderError(error.message, { ...(error as FailureDetails), kind: 'unknown', cause: error })
  }
  if (isLlmfbError(error)) {
    // Either the provider refused before it sent anything, since its service has no words for the request; or the
    // target is a route of its own, whose failure is a router's, never a provider's.
    const kind = error.code === 'invalid-request' ? error.code : 'router'
    const [headline = ''] = error.message.split('\n', 1)
    const { retryAfterMs } = error as Partial<RouteFailedError>
    const again = retryAfterMs === undefined ? {} : { retryAfterMs }
    return new ProviderError(headline, { kind, provider, model, cause: error, ...again })
  }
  const cause = framesOf(error)
  return failureOf(target, 'unknown', `it threw an unexpected ${cause.name}`, cause)
}
