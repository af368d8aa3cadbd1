import type { AssistantPart } from './part.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Usage } from './usage.ts'

export interface FinishReason {
  readonly unified: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'
  /** The service's own word. */
  readonly raw: string
}

/** Something asked for that was not, or not exactly, done. Nothing is ever dropped without one. */
export interface Warning {
  readonly type: 'unsupported' | 'changed' | 'other'
  /** Path of what was asked, such as `reasoning.budgetTokens`. */
  readonly parameter?: string
  readonly message: string
}

export interface ChatResponse {
  /** All text parts of `content`, joined. */
  readonly text: string
  readonly content: readonly AssistantPart[]
  readonly finishReason: FinishReason
  /** Absent where the service did not tell. */
  readonly usage?: Usage
  readonly warnings: readonly Warning[]
  /** The model that the service says answered. */
  readonly model: string
  /** Id of the provider that answered. */
  readonly provider: string
  /** The service's id of this exchange, for its support. */
  readonly requestId?: string
  /** Where the service stands with its rate limits; absent where it did not tell. */
  readonly rateLimits?: readonly RateLimit[]
  /** `true` when this is a substitute (canned or stale), not a model's answer. */
  readonly degraded?: boolean
}
