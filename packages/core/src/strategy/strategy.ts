import type { Capabilities } from '../provider/capabilities.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { HealthReport } from '../health/target-health.ts'
import type { Random } from '../runtime/random.ts'

/** A target that could serve a request, as a strategy sees it. */
export interface Candidate {
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly provider: string
  readonly model: string
  capabilities(): Capabilities
  health(): HealthReport
}

/** What a strategy may look at besides the candidates. */
export interface StrategyContext {
  readonly route: string
  readonly stage: string
  readonly request: ChatRequest
  readonly now: number
  readonly random: Random
}

/** Orders the targets of a stage that could serve a request. Pure: it draws on nothing but what it is given. */
export interface Strategy {
  readonly name: string
  /** A permutation of `candidates`; one that is left out is not tried. */
  order<C extends Candidate>(candidates: readonly C[], context: StrategyContext): readonly C[]
}
