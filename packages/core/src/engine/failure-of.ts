import type { FailureKind } from '../errors/failure-kind.ts'
import { ProviderError } from '../errors/provider-error.ts'
import type { Target } from './target.ts'

/** A failure of a target in the engine's own words. */
export function failureOf(target: Target, kind: FailureKind, what: string, cause?: unknown): ProviderError {
  const { provider, model } = target
  return new ProviderError(`${target.target}: ${what}.`, { kind, provider, model, cause })
}
