import type { Message } from '@aws-sdk/client-bedrock-runtime'

/**
 * Whether a budget to think can be sent. Until tools that were called are answered and the model has had its say, a turn goes
 * on, and Claude cannot take up thinking in one that did not begin with a thought of its own: "When `thinking` is enabled, a
 * final `assistant` message must start with a thinking block", with status 400. So it is where another service made the calls,
 * and where an answer has begun that is to be gone on with.
 */
export function canThink(messages: readonly Message[]): boolean {
  if (messages.at(-1)?.role === 'assistant') return false
  const [turn, results] = messages.slice(-2)
  const goesOn = results?.content?.some(({ toolResult }) => toolResult) ?? false
  return !goesOn || turn?.role !== 'assistant' || turn.content?.[0]?.reasoningContent !== undefined
}
