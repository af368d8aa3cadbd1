import { type RecordedAnswers, readRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

/** What the service answered to Messages. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('anthropic')?.filter(({ api }) => api === 'messages'),
  usage: toExpectedUsage,
  errorKind: ({ status }) => (status === 401 ? 'authentication' : 'model-not-found'),
}

/** What each bucket should hold; a compacted conversation is the sum of its passes. */
function toExpectedUsage(usage: JsonObject): Usage {
  const passes = (usage['iterations'] as readonly JsonObject[] | undefined) ?? [usage]
  const total = (field: string): number => passes.reduce((sum, pass) => sum + Number(pass[field] ?? 0), 0)
  const details = usage['output_tokens_details'] as JsonObject | null | undefined
  const thinking = Number(details?.['thinking_tokens'] ?? 0)
  return {
    uncachedInputTokens: total('input_tokens'),
    cacheReadTokens: total('cache_read_input_tokens'),
    cacheWriteTokens: total('cache_creation_input_tokens'),
    outputTextTokens: total('output_tokens') - thinking,
    reasoningTokens: thinking,
  }
}
