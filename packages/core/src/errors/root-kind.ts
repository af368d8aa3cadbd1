import type { FailureKind } from './failure-kind.ts'
import { isLlmfbError } from './llmfb-error.ts'
import type { ProviderError } from './provider-error.ts'

/** What lies behind a failure: where the target was a route, the kind with which that route failed. */
export function rootKind({ kind, cause }: ProviderError): FailureKind {
  const inner = kind === 'router' && isLlmfbError(cause) && 'kind' in cause ? (cause.kind as FailureKind) : undefined
  return inner ?? kind
}
