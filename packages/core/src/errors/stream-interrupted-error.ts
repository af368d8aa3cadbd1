import type { Attempt, Exclusion, Ledger } from '../provider/ledger.ts'
import type { AssistantPart } from '../provider/part.ts'
import type { FailureKind } from './failure-kind.ts'
import { isLlmfbError, LlmfbError } from './llmfb-error.ts'
import type { ProviderError } from './provider-error.ts'
import { rootKind } from './root-kind.ts'

/** The part of an answer that arrived before its stream broke. */
export interface Delivered {
  readonly text: string
  /** Complete parts, and the one that was being received as far as it came. */
  readonly content: readonly AssistantPart[]
}

/** A stream broke after content had been delivered. */
export class StreamInterruptedError extends LlmfbError {
  override readonly name: string = 'StreamInterruptedError'
  declare readonly route: string
  declare readonly kind: FailureKind
  declare readonly delivered: Delivered
  declare readonly attempts: readonly Attempt[]
  declare readonly exclusions: readonly Exclusion[]
  declare readonly latencyMs: number
  declare readonly costUsd?: number

  constructor(failure: ProviderError, delivered: Delivered, ledger: Ledger) {
    const kind = rootKind(failure)
    const target = ledger.attempts.at(-1)?.target ?? failure.provider
    super(
      'stream-interrupted',
      `Stream of ${target} broke off (${kind}) after ${delivered.text.length} characters of text: ${failure.message}`,
      { cause: failure },
    )
    Object.assign(this, ledger, { kind, delivered })
  }
}

export function isStreamInterruptedError(error: unknown): error is StreamInterruptedError {
  return isLlmfbError(error) && error.code === 'stream-interrupted'
}
