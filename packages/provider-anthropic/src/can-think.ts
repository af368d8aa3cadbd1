import type { MessageParam } from '@anthropic-ai/sdk/resources/messages'

/**
 * Whether a budget to think can be sent. Until tools that were called are answered and the model has had its say, a turn goes
 * on, and one that did not begin with a thought of this service's own cannot take one up: "When `thinking` is enabled, a
 * final `assistant` message must start with a thinking block", with status 400. So it is where another service made the calls,
 * and where an answer has begun that is to be gone on with.
 */
export function canThink(messages: readonly MessageParam[]): boolean {
  if (messages.at(-1)?.role === 'assistant') return false
  const [turn, results] = messages.slice(-2)
  const goesOn = Array.isArray(results?.content) && results.content.some(({ type }) => type === 'tool_result')
  if (!goesOn || turn?.role !== 'assistant') return true
  const first = Array.isArray(turn.content) ? turn.content[0]?.type : undefined
  return first === 'thinking' || first === 'redacted_thinking'
}
