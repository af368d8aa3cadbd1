import { type RecordedAnswers, readRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

/** What the service answered to generateContent and streamGenerateContent. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('google')?.filter(({ api }) => api === 'generateContent'),
  usage: toExpectedUsage,
  errorKind: ({ status }) => (status === 400 ? 'authentication' : 'model-not-found'),
}

/** What each bucket should hold. */
function toExpectedUsage(usage: JsonObject): Usage {
  const count = (field: string): number => Number(usage[field] ?? 0)
  return {
    uncachedInputTokens:
      count('promptTokenCount') - count('cachedContentTokenCount') + count('toolUsePromptTokenCount'),
    cacheReadTokens: count('cachedContentTokenCount'),
    cacheWriteTokens: 0,
    outputTextTokens: count('candidatesTokenCount'),
    reasoningTokens: count('thoughtsTokenCount'),
  }
}
