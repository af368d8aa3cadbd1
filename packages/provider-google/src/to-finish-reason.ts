import type { FinishReason } from '@llmfb/core/provider'

/** Source: `FinishReason` in the SDK's types. What is not here, or newer, is 'other'. */
const unified: Readonly<Record<string, FinishReason['unified']>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  // There is more to come, which the SDK would ask for by itself: see `automaticContinuation`.
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
}

/** The model wrote what the service could not read; without other content that is no answer. */
const garbled = new Set(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE'])

/** `STOP` is what the service says of tool calls too. */
export function toFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  const word = Object.hasOwn(unified, raw) ? unified[raw] : undefined
  return { unified: hasToolCalls && (word ?? 'stop') === 'stop' ? 'tool-calls' : (word ?? 'other'), raw }
}

export function isGarbled(raw: string): boolean {
  return garbled.has(raw)
}
