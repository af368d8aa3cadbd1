import type { FinishReason } from '@llmfb/core/provider'

const unified: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
}

/** `pause_turn` and reasons that are newer than this become 'other'. */
export function toFinishReason(stopReason: string): FinishReason {
  return { unified: Object.hasOwn(unified, stopReason) ? (unified[stopReason] ?? 'other') : 'other', raw: stopReason }
}
