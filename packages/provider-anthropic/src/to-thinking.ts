import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages'
import type { Capabilities, ChatRequest, ReasoningEffort } from '@llmfb/core/provider'
import { thinkingModeOf, thinksByDefault } from './model-traits.ts'
import type { Warn } from './warnings.ts'

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
  const effort = reasoning.effort && toSupported(reasoning.effort, range.efforts ?? [], model, warn)
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
