import type { Usage } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from './dialect.ts'
import { toUsage } from './to-usage.ts'
import { isRecord } from './wire.ts'

/** The `usage` object of a response in disjoint buckets: it counts as Chat Completions does, under other names. */
export function toResponsesUsage(wire: unknown, dialect: ChatCompletionsDialect): Usage | undefined {
  if (!isRecord(wire)) return undefined
  return toUsage(
    {
      ...wire,
      prompt_tokens: wire['input_tokens'],
      prompt_tokens_details: wire['input_tokens_details'],
      completion_tokens: wire['output_tokens'],
      completion_tokens_details: wire['output_tokens_details'],
    },
    dialect,
  )
}
