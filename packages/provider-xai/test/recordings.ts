import { type RecordedAnswers, readRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

interface XAIUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly input_tokens_details: { readonly cached_tokens: number }
  readonly output_tokens_details: { readonly reasoning_tokens: number }
  readonly cost_in_usd_ticks: number
}

function usage(read: JsonObject): Usage {
  const wire = read as unknown as XAIUsage
  const cacheReadTokens = wire.input_tokens_details.cached_tokens
  const reasoningTokens = wire.output_tokens_details.reasoning_tokens
  return {
    uncachedInputTokens: wire.input_tokens - cacheReadTokens,
    cacheReadTokens,
    cacheWriteTokens: 0,
    outputTextTokens: wire.output_tokens - reasoningTokens,
    reasoningTokens,
    costUsd: wire.cost_in_usd_ticks / 1e10,
  }
}

/** What the service answered, all of it under the Responses API. */
export const recordings: RecordedAnswers = { recordings: readRecordings('xai'), usage }
