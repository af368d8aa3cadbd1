import type { Price } from './price.ts'

/**
 * The most that a call can cost, in US dollars: every token of the prompt at the dearest of the rates it may be billed
 * at, and an answer as long as it may be.
 *
 * @param maxOutputTokens Infinity where nothing limits the answer; it then costs Infinity, unless output is free
 */
export function worstCaseCost(price: Price, inputTokens: number, maxOutputTokens: number): number {
  const { inputPerMillion, outputPerMillion, cacheReadPerMillion = 0, cacheWritePerMillion = 0 } = price
  const dearest = Math.max(inputPerMillion, cacheReadPerMillion, cacheWritePerMillion)
  const output = outputPerMillion === 0 ? 0 : maxOutputTokens * outputPerMillion
  return (inputTokens * dearest + output) / 1_000_000
}
