import { type RecordedAnswers, readRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

/** What the service answered to Converse and ConverseStream. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('bedrock'),
  usage: toExpectedUsage,
  errorKind: () => 'invalid-request',
}

function toExpectedUsage(usage: JsonObject): Usage {
  const count = (field: string): number => Number(usage[field] ?? 0)
  return {
    uncachedInputTokens: count('inputTokens'),
    cacheReadTokens: count('cacheReadInputTokens'),
    cacheWriteTokens: count('cacheWriteInputTokens'),
    outputTextTokens: count('outputTokens'),
    reasoningTokens: 0,
  }
}
