import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages'
import { supportedEffort } from '@llmfb/core/provider'
import type { Capabilities, ChatRequest, Warn } from '@llmfb/core/provider'
import { thinkingModeOf, thinksByDefault } from './model-traits.ts'

/** How the service is told to think. */
export interface Thinking extends Pick<MessageCreateParams, 'thinking'> {
  effort?: NonNullable<NonNullable<MessageCreateParams['output_config']>['effort']>
}

export function toThinking(
  reasoning: ChatRequest['reasoning'],
  model: string,
  capabilities: Capabilities,
  warn: Warn,
): Thinking {
  const range = capabilities.parameters.reasoning
  if (!reasoning || range?.type !== 'reasoning') return {}
  const result: Thinking = {}
  const effort = reasoning.effort && supportedEffort(reasoning.effort, range.efforts ?? [], model, warn)
  const { budgetTokens } = reasoning

  if (effort === 'none') {
    if (thinksByDefault(model)) result.thinking = { type: 'disabled' }
  } else if (effort !== undefined) {
    result.effort = effort as NonNullable<Thinking['effort']>
    // Without `display` the newer models think for the same price and do not show it.
    if (thinkingModeOf(model) === 'adaptive') result.thinking = { type: 'adaptive', display: 'summarized' }
  }

  if (budgetTokens !== undefined && !range.budgetTokens) {
    warn('unsupported', `${model} takes an effort, not a budget; it was left out.`, 'reasoning.budgetTokens')
  } else if (budgetTokens !== undefined) {
    result.thinking = { type: 'enabled', budget_tokens: budgetTokens }
  }
  return result
}
