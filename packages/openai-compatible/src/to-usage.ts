import type { Usage } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from './dialect.ts'
import { isRecord } from './wire.ts'

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
}

/**
 * The `usage` object in disjoint buckets. OpenAI counts cached and written tokens within `prompt_tokens`, and reasoning
 * within `completion_tokens`. Services that count them beside are recognised by their own sums.
 */
export function toUsage(wire: Readonly<Record<string, unknown>>, dialect: ChatCompletionsDialect): Usage | undefined {
  if (typeof wire['prompt_tokens'] !== 'number' && typeof wire['completion_tokens'] !== 'number') return undefined
  const promptDetails = isRecord(wire['prompt_tokens_details']) ? wire['prompt_tokens_details'] : {}
  const completionDetails = isRecord(wire['completion_tokens_details']) ? wire['completion_tokens_details'] : {}
  const prompt = count(wire['prompt_tokens'])
  const completion = count(wire['completion_tokens'])

  // Together and Hugging Face have `cached_tokens`, Mistral `num_cached_tokens`, DeepSeek `prompt_cache_hit_tokens`.
  const cacheRead =
    count(promptDetails['cached_tokens']) ||
    count(wire['cached_tokens']) ||
    count(wire['num_cached_tokens']) ||
    count(wire['prompt_cache_hit_tokens'])
  const cacheWrite = count(promptDetails['cache_write_tokens'])
  const cached = cacheRead + cacheWrite

  const reasoning = count(completionDetails['reasoning_tokens'])
  // xAI counts reasoning beside the completion, which shows in its total.
  const beside = reasoning > 0 && (reasoning > completion || wire['total_tokens'] === prompt + completion + reasoning)
  const costUsd = dialect.costUsd?.(wire)
  return {
    uncachedInputTokens: cached > prompt ? prompt : prompt - cached, // Grok on Azure reports more cached than prompt
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTextTokens: beside ? completion : completion - reasoning,
    reasoningTokens: reasoning,
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}
