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

/** A refusal as the ledger tells it. */
export function toReason(
  { reason, detail, until }: Refusal,
  now: number,
): Pick<Exclusion, 'reason' | 'detail' | 'readyInMs'> {
  if (until === undefined || until === Infinity) return { reason, detail }
  const readyInMs = until - now
  const seconds = (readyInMs / 1000).toFixed(readyInMs < 10_000 ? 1 : 0)
  return { reason, detail: detail.replace('%', `${seconds} s`), readyInMs }
}
