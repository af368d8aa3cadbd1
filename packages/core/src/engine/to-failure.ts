import { failureKinds } from '../errors/failure-kind.ts'
import { isLlmfbError } from '../errors/llmfb-error.ts'
import type { FailureDetails } from '../errors/provider-error.ts'
import { isProviderError, ProviderError } from '../errors/provider-error.ts'
import { createRedactor, toSafeCause } from '../errors/redact.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import type { ExpiredClock, Guard } from './guard.ts'
import type { Target } from './target.ts'

const clocks: Readonly<Record<ExpiredClock, string>> = {
  deadline: "the request's deadline passed",
  attempt: 'it gave no answer in time',
  'first-content': 'its stream gave no content in time',
  idle: 'its stream fell silent',
}

/** What a provider threw, as a failure of one kind. */
export function toFailure(error: unknown, target: Target, guard: Guard): ProviderError {
  const { provider, model } = target
  if (guard.expired !== undefined) {
    return new ProviderError(`${target.target}: ${clocks[guard.expired]}.`, { kind: 'timeout', provider, model })
  }
  if (isProviderError(error)) {
    // Written against another version, a provider may know kinds that this one does not.
    return failureKinds.includes(error.kind)
      ? error
      : new ProviderError(error.message, { ...(error as FailureDetails), kind: 'unknown', cause: error })
  }
  if (isLlmfbError(error) && error.code === 'invalid-request') {
    // The provider refused before it sent anything, since its service has no words for the request.
    return new ProviderError(error.message, { kind: 'invalid-request', provider, model, cause: error })
  }
  if (isLlmfbError(error)) {
    // The target is a route of its own: its failure is a router's, never a provider's.
    const retryAfter =
      isRouteFailedError(error) && error.retryAfterMs !== undefined ? { retryAfterMs: error.retryAfterMs } : {}
    const [headline = error.message] = error.message.split('\n', 1)
    return new ProviderError(headline, { kind: 'router', provider, model, cause: error, ...retryAfter })
  }
  const cause = toSafeCause(error, createRedactor())
  // What it says may quote the conversation, which no ledger holds; whoever looks for it finds it in the cause.
  return new ProviderError(`${target.target} threw an unexpected ${cause.name}.`, {
    kind: 'unknown',
    provider,
    model,
    cause,
  })
}
