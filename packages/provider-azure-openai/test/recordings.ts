import { type RecordedAnswers, readRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

interface AzureUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number }
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number }
}

function usage(read: JsonObject): Usage {
  const wire = read as unknown as AzureUsage
  const cacheReadTokens = wire.prompt_tokens_details?.cached_tokens ?? 0
  const reasoningTokens = wire.completion_tokens_details?.reasoning_tokens ?? 0
  return {
    // Grok on Azure counts the tokens of its own preamble as cached, and not as prompt.
    uncachedInputTokens: wire.prompt_tokens - (cacheReadTokens > wire.prompt_tokens ? 0 : cacheReadTokens),
    cacheReadTokens,
    cacheWriteTokens: 0,
    outputTextTokens: wire.completion_tokens - reasoningTokens,
    reasoningTokens,
  }
}

/** What the service answered to Chat Completions, of deployments of OpenAI's models and of others. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('azure')?.filter(({ api }) => api === 'chat'),
  usage,
  errorKind: ({ status }) => (status === 401 ? 'authentication' : undefined),
}
