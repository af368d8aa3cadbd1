import type { Usage } from '@llmfb/core/provider'

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A whole number from 0, or undefined. */
export function readCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** The tokens of a prompt that was only read. */
export function toUsage(usage: unknown): { readonly usage?: Usage } {
  const tokens = isRecord(usage) ? readCount(usage['prompt_tokens']) : undefined
  if (tokens === undefined) return {}
  return {
    usage: {
      uncachedInputTokens: tokens,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTextTokens: 0,
      reasoningTokens: 0,
    },
  }
}
