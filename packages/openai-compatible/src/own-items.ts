import type { AssistantPart, JsonObject, Opaque } from '@llmfb/core/provider'
import type { WireItem } from './responses-wire.ts'
import { isRecord } from './wire.ts'

/** An item of reasoning as it came; what encrypts it is the service's own, and so is the id it goes by. */
export function reasoningOpaque(issuer: string, item: WireItem): Opaque {
  const { type = 'reasoning', id, summary, content, encrypted_content: encrypted } = item
  const data = {
    type,
    ...(typeof id === 'string' && { id }),
    summary: Array.isArray(summary) ? summary : [],
    ...(Array.isArray(content) && content.length > 0 && { content }),
    ...(typeof encrypted === 'string' && { encrypted_content: encrypted }),
  }
  return { issuer, data }
}

/** The phase of a message, which models that have phases want back; undefined where it has none. */
export function phaseOpaque(issuer: string, { phase }: WireItem): Opaque | undefined {
  return typeof phase === 'string' ? { issuer, data: { phase } } : undefined
}

/** The item of reasoning that `part` came from, or undefined where `issuer` made none such. */
export function toReasoningItem(part: AssistantPart, issuer: string): JsonObject | undefined {
  const data = ownData(part, issuer)
  return data?.['type'] === 'reasoning' ? data : undefined
}

/** The phase of the message that `part` came from. */
export function toPhase(part: AssistantPart, issuer: string): string | undefined {
  const phase = ownData(part, issuer)?.['phase']
  return typeof phase === 'string' ? phase : undefined
}

function ownData(part: AssistantPart, issuer: string): JsonObject | undefined {
  const opaque = 'opaque' in part ? part.opaque : undefined
  return opaque?.issuer === issuer && isRecord(opaque.data) ? opaque.data : undefined
}
