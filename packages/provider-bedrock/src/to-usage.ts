import type { TokenUsage } from '@aws-sdk/client-bedrock-runtime'
import type { Usage } from '@llmfb/core/provider'

/** `inputTokens` is without what was read from or written to the cache; `outputTokens` is with reasoning. */
export function toUsage(usage: Partial<TokenUsage>): Usage {
  return {
    uncachedInputTokens: countOf(usage.inputTokens),
    cacheReadTokens: countOf(usage.cacheReadInputTokens),
    cacheWriteTokens: countOf(usage.cacheWriteInputTokens),
    outputTextTokens: countOf(usage.outputTokens),
    reasoningTokens: 0,
  }
}

/** What is no number counts for nothing. */
function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
