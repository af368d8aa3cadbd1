import type { Usage } from './usage.ts'

/** One call to one target: a line of the ledger. Plain data without content or keys. */
export interface Attempt {
  /** 1 for the first of the request. */
  readonly number: number
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly provider: string
  readonly model: string
  readonly stage: string
  /** Fingerprint of the key it was made with, where the provider has a pool of them. */
  readonly key?: string
  /**
   * Why this call was made: the request's first, again on the same target, on the same target by another key
   * (`next-key`), on the next target, in the next stage, after
   * waiting for a target that asked to be left alone, because every circuit was open and this target the least bad,
   * beside a call that was slow to show content (`hedge`), or after a stream broke, to go on with its answer
   * (`continue`) or to begin it anew (`restart`).
   */
  readonly reason:
    | 'first'
    | 'retry'
    | 'next-key'
    | 'next-target'
    | 'next-stage'
    | 'waited'
    | 'forced'
    | 'hedge'
    | 'continue'
    | 'restart'
  /** `outraced`: a call beside it answered first, and this one was aborted. */
  readonly outcome: 'success' | 'failure' | 'aborted' | 'outraced'
  /** Milliseconds from the start of the request to the start of the call. */
  readonly startMs: number
  readonly durationMs: number
  /** Milliseconds from the start of the call to the first content. */
  readonly firstContentMs?: number
  /** Milliseconds waited right before the call: backoff, or a pause that was sat out. */
  readonly waitedMs?: number
  /** A failure's kind. */
  readonly kind?: string
  /** HTTP status of a failure. */
  readonly status?: number
  /** The service's own code of a failure. */
  readonly code?: string
  /** What the service said of a failure, redacted. */
  readonly message?: string
  readonly retryAfterMs?: number
  readonly requestId?: string
  readonly usage?: Usage
  /**
   * What it cost, in US dollars; absent where the usage or the price is not known, which is not to say that it was free.
   * Of a call that told nothing of its usage before a clock ended it, it broke after content, or another answered first,
   * an estimate of what its prompt costs.
   */
  readonly costUsd?: number
  /** The inner ledger, where the target was a route. */
  readonly attempts?: readonly Attempt[]
  /** The targets that the inner route passed over. */
  readonly exclusions?: readonly Exclusion[]
}

/** A target that would have been tried and was not. */
export interface Exclusion {
  readonly target: string
  readonly stage: string
  readonly reason:
    | 'unavailable'
    | 'not-capable'
    | 'paused'
    | 'account-paused'
    | 'circuit-open'
    | 'retry-budget'
    | 'window-too-small'
    | 'window-not-larger'
    | 'limit'
    | 'cost-limit'
    | 'attempt-limit'
    | 'isolated'
    | 'vector-space'
  /** What exactly, in words. */
  readonly detail: string
  /** When it may be called again, in milliseconds from the exclusion; absent where no time is known. */
  readonly readyInMs?: number
  /** Number of the last attempt before it; 0 for none. */
  readonly afterAttempt: number
}

/** What the engine adds to an answer: how it came about. */
export interface Ledger {
  /** Name of the route. */
  readonly route: string
  /** Every call, in order. */
  readonly attempts: readonly Attempt[]
  /** Every target passed over, in order. */
  readonly exclusions: readonly Exclusion[]
  /** From the request to its end, in milliseconds. */
  readonly latencyMs: number
  /** What all attempts cost together, in US dollars, as far as it is known; absent where nothing of it is. */
  readonly costUsd?: number
}
