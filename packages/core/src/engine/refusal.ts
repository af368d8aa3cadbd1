import type { FailureKind } from '../errors/failure-kind.ts'
import type { Exclusion } from '../provider/ledger.ts'

/** Why a target is not called now. */
export interface Refusal {
  readonly reason: Exclusion['reason']
  /** `%` stands for the time until `until`. */
  readonly detail: string
  readonly until?: number | undefined
  readonly kind?: FailureKind
}
