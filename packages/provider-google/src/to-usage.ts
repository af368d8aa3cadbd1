import type { Usage } from '@llmfb/core/provider'
import { field } from './wire.ts'

/**
 * `promptTokenCount` is with what was read from the cache and without what tools of the service brought;
 * `candidatesTokenCount` is without thoughts. The service tells nothing of writing to its cache.
 */
export function toUsage(metadata: unknown): Usage {
  const count = (name: string): number => {
    const value = field(metadata, name)
    return typeof value === 'number' && value > 0 ? value : 0
  }
  const prompt = count('promptTokenCount')
  const cacheReadTokens = Math.min(count('cachedContentTokenCount'), prompt)
  return {
    uncachedInputTokens: prompt - cacheReadTokens + count('toolUsePromptTokenCount'),
    cacheReadTokens,
    cacheWriteTokens: 0,
    outputTextTokens: count('candidatesTokenCount'),
    reasoningTokens: count('thoughtsTokenCount'),
  }
}
