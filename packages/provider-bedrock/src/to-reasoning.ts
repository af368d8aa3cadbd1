import { supportedEffort } from '@llmfb/core/provider'
import type { Capabilities, ChatRequest, JsonObject, ReasoningEffort, Warn } from '@llmfb/core/provider'
import { thinkingDialectOf, thinksByDefault } from './model-traits.ts'

/** How the model is told to think, in its maker's own words: the Converse API passes them on. */
export function toReasoningFields(
  reasoning: ChatRequest['reasoning'],
  model: string,
  capabilities: Capabilities,
  warn: Warn,
): JsonObject {
  const range = capabilities.parameters.reasoning
  if (!reasoning || range?.type !== 'reasoning') return {}
  const effort = reasoning.effort && supportedEffort(reasoning.effort, range.efforts ?? [], model, warn)
  const { budgetTokens } = reasoning
  if (budgetTokens !== undefined && !range.budgetTokens) {
    warn('unsupported', `${model} takes an effort, not a budget; it was left out.`, 'reasoning.budgetTokens')
  }
  return {
    ...(effort !== undefined && toEffortFields(effort, model)),
    ...(budgetTokens !== undefined &&
      range.budgetTokens && { thinking: { type: 'enabled', budget_tokens: budgetTokens } }),
  }
}

function toEffortFields(effort: ReasoningEffort, model: string): JsonObject {
  switch (thinkingDialectOf(model)) {
    case 'claude-adaptive':
      if (effort === 'none') return thinksByDefault(model) ? { thinking: { type: 'disabled' } } : {}
      // Without `display` the newer models think for the same price and do not show it.
      return { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort } }
    case 'nova':
      return {
        reasoningConfig: effort === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: effort },
      }
    case 'gpt-oss':
      return { reasoning_effort: effort }
    default:
      return {} // Not to think is what these models do unless told to.
  }
}
