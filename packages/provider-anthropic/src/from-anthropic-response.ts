import type { Message } from '@anthropic-ai/sdk/resources/messages'
import { createWarnings } from '@llmfb/core/provider'
import type { AssistantPart, ChatResponse, RateLimit, Warn, Warning } from '@llmfb/core/provider'
import { hasItsTexts } from './has-its-fields.ts'
import { redactedOpaque, thinkingOpaque } from './opaque.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { toUsage } from './to-usage.ts'
import { warnOfBlock, warnOfCitations } from './warnings.ts'
import { isObject } from './wire.ts'

export interface ResponseContext {
  /** Id of this provider. */
  readonly provider: string
  readonly requestId?: string
  /** Those of the request. */
  readonly warnings: readonly Warning[]
  /** Empty where the service tells nothing of its limits. */
  readonly rateLimits: readonly RateLimit[]
}

/** Whether a 200 holds an answer; a gateway may put anything there. */
export function isMessage(body: unknown): body is Message {
  if (!isObject(body) || body.type !== 'message' || typeof body.model !== 'string') return false
  return Array.isArray(body.content) && body.content.every(hasItsTexts) && typeof body.stop_reason === 'string'
}

export function fromAnthropicResponse(message: Message, context: ResponseContext): ChatResponse {
  const { list, warn } = createWarnings()
  const content = message.content.flatMap((block) => toParts(block, context.provider, warn))
  return {
    text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    content,
    finishReason: toFinishReason(message.stop_reason ?? ''),
    ...(message.usage && { usage: toUsage(message.usage) }),
    warnings: [...context.warnings, ...list],
    model: message.model,
    provider: context.provider,
    ...(context.requestId !== undefined && { requestId: context.requestId }),
    ...(context.rateLimits.length > 0 && { rateLimits: context.rateLimits }),
  }
}

function toParts(block: Message['content'][number], provider: string, warn: Warn): AssistantPart[] {
  switch (block.type) {
    case 'text':
      if (block.citations && block.citations.length > 0) warnOfCitations(warn)
      return block.text === '' ? [] : [{ type: 'text', text: block.text }]
    case 'thinking': {
      const opaque = block.signature ? { opaque: thinkingOpaque(provider, block.signature) } : {}
      return [{ type: 'reasoning', text: block.thinking, ...opaque }]
    }
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', opaque: redactedOpaque(provider, block.data) }]
    case 'tool_use':
      return [{ type: 'tool-call', id: block.id, name: block.name, arguments: JSON.stringify(block.input ?? {}) }]
    default:
      warnOfBlock(warn, block.type)
      return []
  }
}
