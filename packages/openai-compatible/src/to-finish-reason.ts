import type { FinishReason } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from './dialect.ts'

// OpenAI's words, then those of Together (eos), Mistral (model_length) and Z.ai (sensitive).
const unified: ReadonlyMap<string, FinishReason['unified']> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['eos', 'stop'],
  ['model_length', 'length'],
  ['sensitive', 'content-filter'],
])

/**
 * Why an answer ended. A refusal counts as filtered, and an answer with tool calls waits for them, whatever the service
 * calls it: several say `stop` in both cases.
 */
export function toFinishReason(
  raw: string,
  answer: { readonly refused: boolean; readonly hasToolCalls: boolean },
  dialect: ChatCompletionsDialect,
): FinishReason {
  const own = dialect.finishReasons
  const word = (own && Object.hasOwn(own, raw) ? own[raw] : undefined) ?? unified.get(raw) ?? 'other'
  if (answer.refused) return { unified: 'content-filter', raw }
  if (word === 'stop' && answer.hasToolCalls) return { unified: 'tool-calls', raw }
  return { unified: word, raw }
}
