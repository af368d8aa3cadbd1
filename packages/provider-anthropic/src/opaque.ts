import type { RedactedThinkingBlockParam, ThinkingBlockParam } from '@anthropic-ai/sdk/resources/messages'
import type { Opaque, ReasoningPart } from '@llmfb/core/provider'

/** What makes a thinking block the service's own, beside its text. */
export function thinkingOpaque(issuer: string, signature: string): Opaque {
  return { issuer, data: { type: 'thinking', signature } }
}

export function redactedOpaque(issuer: string, data: string): Opaque {
  return { issuer, data: { type: 'redacted_thinking', data } }
}

/** The block that `part` came from, byte for byte, or undefined where it is not one that `issuer` made. */
export function toThinkingBlock(
  part: ReasoningPart,
  issuer: string,
): ThinkingBlockParam | RedactedThinkingBlockParam | undefined {
  if (part.opaque?.issuer !== issuer) return undefined
  const { data } = part.opaque
  if (typeof data !== 'object' || data === null || !('type' in data)) return undefined
  if (data.type === 'thinking' && typeof data.signature === 'string') {
    return { type: 'thinking', thinking: part.text, signature: data.signature }
  }
  if (data.type === 'redacted_thinking' && typeof data.data === 'string') {
    return { type: 'redacted_thinking', data: data.data }
  }
  return undefined
}
