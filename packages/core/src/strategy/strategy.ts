import type { HealthStatus } from '../health/target-health.ts'
import type { Price } from '../price/price.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Random } from '../runtime/random.ts'

/** How a target has been doing, read live. */
export interface Measurements {
  readonly status: HealthStatus
  /** Calls under way. */
  readonly inFlight: number
  /** Share of recent calls that failed, 0 to 1; 0 while there were none. */
  readonly failureRate: number
  /** Moving average of the time to the first content, in milliseconds; undefined before the first success. */
  readonly firstContentMs: number | undefined
  /** Moving average of the time for one token of the answer, in milliseconds; undefined while it is not known. */
  readonly perTokenMs: number | undefined
  /**
   * The time to the first content, in milliseconds, that jumps to a worse sample at once and falls slowly; undefined
   * before the first success.
   */
  peakFirstContentMs(now: number): number | undefined
}

/** A target that could serve a request, as a strategy sees it. */
export interface Candidate {
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly provider: string
  readonly model: string
  /** Its share beside the others, as the route says. @default 1 */
  readonly weight: number
  readonly health: Measurements
  capabilities(): Capabilities
  /** Undefined where it is not known. */
  price(): Price | undefined
}

/** What a strategy may look at besides the candidates. */
export interface StrategyContext {
  readonly route: string
  readonly stage: string
  readonly request: ChatRequest
  readonly now: number
  readonly random: Random
  /** Tokens that the prompt has, roughly. */
  estimateTokens(): number
}

/**
 * Orders the targets of a stage that could serve a request. `order` looks and changes nothing, so that a choice can be
 * explained without being made; `chosen` tells what came of it. One strategy serves one stage.
 */
export interface Strategy {
  readonly name: string
  /**
   * The candidates, best first; one that is left out is not tried. It may be lazy: most requests ask for the first only.
   * `candidates` is the very same array for all requests that every target of the stage could serve.
   */
  order<C extends Candidate>(candidates: readonly C[], context: StrategyContext): Iterable<C>
  /** A request's first call in the stage goes to this candidate. */
  chosen?(candidate: Candidate, context: StrategyContext): void
  /** What somebody who asks for reasons should know of a candidate's place, such as that its price is not known. */
  remark?(candidate: Candidate, context: StrategyContext): string | undefined
}
