import type { Backoff } from '../backoff/full-jitter.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Hedging } from '../hedge/hedging.ts'
import type { PauseOptions } from '../health/pause.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { Target } from './target.ts'

/** How a route's requests are run. All times in milliseconds. */
export interface RoutePolicy {
  /** Calls beyond the first on the same target. */
  readonly retries: number
  readonly backoff: Backoff
  /** Used instead of `backoff` where the service said that it is overloaded. */
  readonly throttledBackoff: Backoff
  /** Most calls of one request, over all targets. */
  readonly maxAttempts: number
  /** Longest time for a request, waits included, to its last byte. */
  readonly deadlineMs: number
  /** Longest time for one call that is not streamed; undefined for what `RouteOptions` says. */
  readonly attemptMs: number | undefined
  /** Longest time to a stream's first content. */
  readonly firstContentMs: number
  /** Longest time between two pieces of a stream's content. */
  readonly idleMs: number
  /** Longest pause of a target that a request sits out when no other target is left. */
  readonly maxWaitMs: number
  /** Whether a parameter that a target does not honour rules the target out, or is left out with a warning. */
  readonly parameters: 'require' | 'drop'
  /** What happens to a stream that breaks after its first content. */
  readonly afterCommit: 'error' | 'continue' | 'restart'
  /** What becomes of reasoning that another provider issued: left out, or the target ruled out. */
  readonly foreignReasoning: 'omit' | 'refuse'
  /** Most that a request may cost, in US dollars, as far as prices are known. */
  readonly maxCostUsd: number | undefined
  /** Whether embeddings may come from any model, or from those with one vector space only. */
  readonly vectorSpaces: 'same' | 'any'
  /** Longest time that a model may take to load, in milliseconds. */
  readonly warmingMs: number
  readonly dispositions: Readonly<Record<FailureKind, Disposition>>
  readonly pauses: PausePolicy
}

/** How long someone is left alone, by the reason for it. */
export interface PausePolicy {
  /** A rate limit without a Retry-After. */
  readonly rateLimit: PauseOptions
  readonly quota: PauseOptions
  /** A credential that is refused; looked at again after this. */
  readonly credential: PauseOptions
  /** A model that is not there or not allowed. */
  readonly model: PauseOptions
  /** Between two looks at a model that is being loaded. */
  readonly warmingMs: number
}

/** A target that a route names and that cannot be used. */
export interface UnusableTarget {
  readonly target: string
  readonly reason: string
}

/** Targets of equal standing, put in order by a strategy. */
export interface Stage {
  readonly name: string
  strategy: Strategy
  readonly targets: readonly Target[]
  readonly unusable: readonly UnusableTarget[]
}

/** Stages tried in order. */
export interface Route {
  readonly name: string
  readonly stages: readonly Stage[]
  readonly policy: RoutePolicy
  /** Of its first target, whether or not that can be used. */
  vectorSpace: string
  /** Whether it asks for more than is loaded with the router; see `optional.ts`. */
  needsOptional: boolean
  /** Whether a target may be sent more than the caller's request: parameters of its own, or an answer that was begun. */
  readonly changesRequests: boolean
  hedging?: Hedging
  /** Whether some target's window is so small that even a simple prompt may not fit. */
  hasSmallWindow?: boolean
  /** When that is to be looked up again. */
  lookAgainAt?: number
}
