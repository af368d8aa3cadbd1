import type { Attempt, Exclusion, Ledger } from '../provider/ledger.ts'
import type { FailureKind } from './failure-kind.ts'
import { isLlmfbError, LlmfbError } from './llmfb-error.ts'
import type { ProviderError } from './provider-error.ts'
import { rootKind } from './root-kind.ts'

/** Why a request was given up. */
export type GiveUpReason =
  /** Every target was tried or excluded. */
  | 'exhausted'
  /** The failure is one that no other target would mend, such as an invalid request. */
  | 'final'
  | 'deadline'
  | 'attempt-limit'

/** How a request failed as a whole. */
export interface RouteFailure extends Ledger {
  readonly reason: GiveUpReason
  readonly kind: FailureKind
  readonly retryAfterMs?: number
  /** The errors of the failed attempts, in order. */
  readonly errors: readonly ProviderError[]
}

const givenUp: Readonly<Record<GiveUpReason, string>> = {
  exhausted: 'no target is left to try',
  final: 'no other target would mend this',
  deadline: 'its deadline passed',
  'attempt-limit': 'it used up its attempts',
}

function describeAttempt(attempt: Attempt): string {
  const { number, target, kind = attempt.outcome, status, durationMs, message } = attempt
  const how = status === undefined ? kind : `${kind} ${status}`
  const said = message === undefined ? '' : `: ${message}`
  return `\n  ${number}. ${target} ${how} after ${Math.round(durationMs)} ms${said}`
}

function describeExclusion(exclusion: Exclusion): string {
  return `\n  -  ${exclusion.target} not tried, ${exclusion.reason}: ${exclusion.detail}`
}

/** No target of the route gave an answer. It tells all that was tried, and why the rest was not. */
export class RouteFailedError extends LlmfbError {
  override readonly name: string = 'RouteFailedError'
  declare readonly route: string
  declare readonly reason: GiveUpReason
  /** The kind of failure that says most about what to do. */
  declare readonly kind: FailureKind
  /** The shortest time after which some target may be ready again. */
  declare readonly retryAfterMs?: number
  declare readonly attempts: readonly Attempt[]
  declare readonly exclusions: readonly Exclusion[]
  declare readonly errors: readonly ProviderError[]
  declare readonly latencyMs: number
  declare readonly costUsd?: number

  constructor(failure: RouteFailure) {
    const { route, reason, kind, retryAfterMs, attempts, exclusions, errors } = failure
    const again = retryAfterMs === undefined ? '' : `; try again in ${Math.ceil(retryAfterMs / 1000)} s`
    const calls = attempts.map(describeAttempt).join('')
    const passedOver = exclusions.map(describeExclusion).join('')
    const cause = errors.find((error) => rootKind(error) === kind)
    super(
      'all-attempts-failed',
      `Route '${route}' failed (${kind}), ${givenUp[reason]}${again}:${calls}${passedOver}`,
      cause === undefined ? undefined : { cause },
    )
    Object.assign(this, failure)
  }
}

export function isRouteFailedError(error: unknown): error is RouteFailedError {
  return isLlmfbError(error) && error.code === 'all-attempts-failed'
}
