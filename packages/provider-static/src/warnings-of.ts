import type { ChatRequest, Warning } from '@llmfb/core/provider'

/** Who demands a tool call and gets a text has to know. */
export function warningsOf({ toolChoice }: ChatRequest): readonly Warning[] {
  if (toolChoice !== 'required' && typeof toolChoice !== 'object') return []
  return [
    { type: 'unsupported', parameter: 'toolChoice', message: 'A canned answer calls no tools; this one is a text.' },
  ]
}
