import type { ThinkingConfig, ThinkingLevel } from '@google/genai/web'
import type { Capabilities, ChatRequest, ReasoningEffort } from '@llmfb/core/provider'
import { thinksByBudget } from './model-traits.ts'
import type { Warn } from './warnings.ts'

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
  const effort = reasoning.effort && toSupported(reasoning.effort, range.efforts ?? [], model, warn)
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

const ladder: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The effort asked for, or the closest to it that the model knows; of two as close the smaller, which costs less. */
function toSupported(
  asked: ReasoningEffort,
  supported: readonly ReasoningEffort[],
  model: string,
  warn: Warn,
): ReasoningEffort | undefined {
  if (supported.includes(asked)) return asked
  const place = ladder.indexOf(asked)
  const distance = (effort: ReasoningEffort): number => Math.abs(ladder.indexOf(effort) - place)
  // Not to think at all is no smaller effort: it stands in for none.
  const [nearest] = ladder
    .filter((effort) => effort !== 'none' && supported.includes(effort))
    .sort((a, b) => distance(a) - distance(b))
  const done = nearest === undefined ? 'it was left out' : `'${nearest}' was sent`
  const type = nearest === undefined ? 'unsupported' : 'changed'
  warn(type, `${model} does not know the effort '${asked}'; ${done}.`, 'reasoning.effort')
  return nearest
}
