import type { Warning } from '@llmfb/core/provider'
import type { FailureContext } from './to-provider-error.ts'

/** What an answer is read with. */
export interface AnswerContext extends FailureContext {
  /** Warnings of the request, passed on with the answer. */
  readonly warnings: readonly Warning[]
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
