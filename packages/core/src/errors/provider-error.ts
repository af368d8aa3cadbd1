import type { FailureKind } from './failure-kind.ts'
import { isLlmfbError, LlmfbError } from './llmfb-error.ts'

/** A day, within which vendors' quotas reset. */
const longestRetryAfterMs = 86_400_000

/** What a provider knows of a failure. */
export interface FailureDetails {
  readonly kind: FailureKind
  /** Id of the provider. */
  readonly provider: string
  readonly model?: string
  /** HTTP status. */
  readonly status?: number
  /** The service's own code, such as `insufficient_quota`. */
  readonly providerCode?: string
  readonly requestId?: string
  /** How long the service asks to be left alone. */
  readonly retryAfterMs?: number
  /** Response headers worth keeping: rate limits and request ids, in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** The vendor SDK's error, free of secrets. */
  readonly cause?: unknown
}

/** One call to one provider failed. */
export class ProviderError extends LlmfbError {
  override readonly name: string = 'ProviderError'
  readonly kind: FailureKind
  readonly provider: string
  declare readonly model?: string
  declare readonly status?: number
  declare readonly providerCode?: string
  declare readonly requestId?: string
  declare readonly retryAfterMs?: number
  declare readonly headers?: Readonly<Record<string, string>>

  constructor(message: string, details: FailureDetails) {
    super('provider-failure', message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = details.kind
    this.provider = details.provider
    for (const name of ['model', 'status', 'providerCode', 'requestId', 'headers'] as const) {
      if (details[name] !== undefined) Object.assign(this, { [name]: details[name] })
    }
    const { retryAfterMs } = details
    // Whatever a service says, nobody is left alone for ever.
    if (retryAfterMs !== undefined && retryAfterMs >= 0) this.retryAfterMs = Math.min(retryAfterMs, longestRetryAfterMs)
  }
}

export function isProviderError(error: unknown): error is ProviderError {
  return isLlmfbError(error) && error.code === 'provider-failure'
}
