import type { Capabilities } from '../provider/capabilities.ts'
import type { Warning } from '../provider/response.ts'
import { type History, limitBreakpoints } from './cache-breakpoints.ts'
import { omitForeign } from './foreign.ts'
import { fitToolCallIds } from './tool-call-ids.ts'

/** A history as one target takes it. */
export interface TargetHistory extends History {
  /** One for everything that the target cannot be told; paths are those of the history that was given. */
  readonly warnings: readonly Warning[]
}

/**
 * The history in a form that one target takes: without what only other services can read, with ids of tool calls and as
 * many cache breakpoints as it allows. Equal input gives equal output; what need not change is the very same, and nothing
 * that is given is changed.
 */
export function toTargetHistory(
  history: History,
  provider: string,
  model: string,
  { promptCache, cacheBreakpoints = Infinity, toolCallIds }: Capabilities,
): TargetHistory {
  const warnings: Warning[] = []
  let { messages } = history
  let { tools } = history
  if (messages.some(({ content }) => typeof content !== 'string')) {
    messages = omitForeign(messages, provider, model, warnings)
    if (toolCallIds !== undefined) messages = fitToolCallIds(messages, toolCallIds)
  } else if (tools === undefined) return { messages, warnings }
  ;({ messages, tools } = limitBreakpoints({ messages, ...(tools && { tools }) }, promptCache ? cacheBreakpoints : 0))
  return { messages, ...(tools && { tools }), warnings }
}
