import type { Usage } from '../provider/usage.ts'

/** More than this in one call is a mistake of the service. */
const mostTokens = 1e9

/** Tokens of prompt and answer, as whole numbers; undefined where nothing was told, or nothing that can be true. */
export function usedTokens(usage: Usage | undefined): readonly [input: number, output: number] | undefined {
  if (usage === undefined) return undefined
  const input = Math.ceil(usage.uncachedInputTokens + usage.cacheReadTokens + usage.cacheWriteTokens)
  const output = Math.ceil(usage.outputTextTokens + usage.reasoningTokens)
  return input >= 0 && input <= mostTokens && output >= 0 && output <= mostTokens ? [input, output] : undefined
}
