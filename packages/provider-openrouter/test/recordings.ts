import { type RecordedAnswers, readRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

interface OpenRouterUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly cost?: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null
}

function usage(read: JsonObject): Usage {
  const wire = read as unknown as OpenRouterUsage
  const cacheReadTokens = wire.prompt_tokens_details?.cached_tokens ?? 0
  const cacheWriteTokens = wire.prompt_tokens_details?.cache_write_tokens ?? 0
  const reasoningTokens = wire.completion_tokens_details?.reasoning_tokens ?? 0
  return {
    uncachedInputTokens: wire.prompt_tokens - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTextTokens: wire.completion_tokens - reasoningTokens,
    reasoningTokens,
    ...(wire.cost !== undefined && { costUsd: wire.cost }),
  }
}

/** What the service answered to Chat Completions. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('openrouter')?.filter(({ api }) => api === 'chat'),
  usage,
  errorKind: ({ status }) => (status === 401 ? 'authentication' : undefined),
}
