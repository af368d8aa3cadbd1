import type { FinishReason } from '@llmfb/core/provider'

const unified: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
}

/** What the model wrote and the service could not read (`malformed_…`), and reasons newer than this, become 'other'. */
export function toFinishReason(stopReason: string): FinishReason {
  return { unified: Object.hasOwn(unified, stopReason) ? (unified[stopReason] ?? 'other') : 'other', raw: stopReason }
}
