import type { RateLimit, Warning } from '@llmfb/core/provider'
import type { FailureContext } from './to-provider-error.ts'

/** What an answer is read with. */
export interface AnswerContext extends FailureContext {
  /** Warnings of the request, passed on with the answer. */
  readonly warnings: readonly Warning[]
  /** What the service tells of its limits, passed on with the answer; empty where it tells nothing. */
  readonly rateLimits: readonly RateLimit[]
  /** Ends the reading, with its reason. */
  readonly signal?: AbortSignal
}

/** Where reasoning comes, unless a dialect says otherwise. */
export const reasoningFields: readonly string[] = ['reasoning_content', 'reasoning']

/** Given where several answers were asked for with `n`, of which only the first is read. */
export const otherChoices: Warning = {
  type: 'other',
  parameter: 'providerOptions.n',
  message: 'The service sent several choices; only the first was read.',
}
