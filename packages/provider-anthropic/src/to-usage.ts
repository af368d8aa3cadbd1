import type { Usage } from '@llmfb/core/provider'

/**
 * The service's usage, of a message or of one of its stream events, where fields may be absent. `input_tokens` is
 * without what was read from or written to the cache; `output_tokens` is with thinking.
 */
export interface AnthropicUsage {
  readonly input_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
  readonly cache_read_input_tokens?: number | null
  readonly output_tokens?: number | null
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null
  /** The passes of a call that the service made on its own; what is beside it counts only the last kind of them. */
  readonly iterations?: readonly AnthropicUsage[] | null
}

/** The newer of two reports of one call: a field that it leaves out stands as it was. */
export function mergeUsage(before: AnthropicUsage | undefined, after: AnthropicUsage): AnthropicUsage {
  const told = Object.entries(after).filter(([, value]) => value !== null && value !== undefined)
  return { ...before, ...Object.fromEntries(told) }
}

export function toUsage(usage: AnthropicUsage): Usage {
  const passes = usage.iterations && usage.iterations.length > 0 ? usage.iterations : [usage]
  const sum = (
    field: 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens' | 'output_tokens',
  ): number => passes.reduce((total, pass) => total + countOf(pass[field]), 0)
  const output = sum('output_tokens')
  const reasoningTokens = Math.min(countOf(usage.output_tokens_details?.thinking_tokens), output)
  return {
    uncachedInputTokens: sum('input_tokens'),
    cacheReadTokens: sum('cache_read_input_tokens'),
    cacheWriteTokens: sum('cache_creation_input_tokens'),
    outputTextTokens: output - reasoningTokens,
    reasoningTokens,
  }
}

/** What is no number counts for nothing. */
function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
