import type { ThinkingConfig, ThinkingLevel } from '@google/genai/web'
import { supportedEffort } from '@llmfb/core/provider'
import type { Capabilities, ChatRequest, ReasoningEffort, Warn } from '@llmfb/core/provider'
import { thinksByBudget } from './model-traits.ts'

/** Source: "OpenAI compatibility" in the service's documentation, for models that take a budget only. */
const budgetOfEffort: Readonly<Partial<Record<ReasoningEffort, number>>> = {
  none: 0,
  low: 1024,
  medium: 8192,
  high: 24_576,
}

export function toThinking(
  reasoning: ChatRequest['reasoning'],
  model: string,
  capabilities: Capabilities,
  warn: Warn,
): ThinkingConfig | undefined {
  const range = capabilities.parameters.reasoning
  if (!reasoning || range?.type !== 'reasoning') return undefined
  const effort = reasoning.effort && supportedEffort(reasoning.effort, range.efforts ?? [], model, warn)
  const { budgetTokens } = reasoning
  if (budgetTokens !== undefined && range.budgetTokens) {
    if (effort !== undefined) {
      warn('changed', `${model} takes a budget or an effort; the budget was sent.`, 'reasoning.effort')
    }
    return { thinkingBudget: budgetTokens, includeThoughts: budgetTokens > 0 }
  }
  if (budgetTokens !== undefined) {
    warn('unsupported', `${model} takes an effort, not a budget; it was left out.`, 'reasoning.budgetTokens')
  }
  if (effort === undefined) return undefined
  if (thinksByBudget(model)) {
    const thinkingBudget = budgetOfEffort[effort]
    return thinkingBudget === undefined ? undefined : { thinkingBudget, includeThoughts: effort !== 'none' }
  }
  return { thinkingLevel: effort.toUpperCase() as ThinkingLevel, includeThoughts: true }
}
