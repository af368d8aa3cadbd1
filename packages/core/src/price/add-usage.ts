import type { Usage } from '../provider/usage.ts'

/**
 * The usage of several calls together; undefined only where that of neither is known. `costUsd` adds up what the services
 * said, so that it is too low where not all of them did: what calls cost by their prices is added call by call.
 */
export function addUsage(sum: Usage | undefined, usage: Usage): Usage
export function addUsage(sum: Usage | undefined, usage: Usage | undefined): Usage | undefined
export function addUsage(sum: Usage | undefined, usage: Usage | undefined): Usage | undefined {
  if (sum === undefined || usage === undefined) return sum ?? usage
  const costUsd = sum.costUsd === undefined ? usage.costUsd : sum.costUsd + (usage.costUsd ?? 0)
  return {
    uncachedInputTokens: sum.uncachedInputTokens + usage.uncachedInputTokens,
    cacheReadTokens: sum.cacheReadTokens + usage.cacheReadTokens,
    cacheWriteTokens: sum.cacheWriteTokens + usage.cacheWriteTokens,
    outputTextTokens: sum.outputTextTokens + usage.outputTextTokens,
    reasoningTokens: sum.reasoningTokens + usage.reasoningTokens,
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}
