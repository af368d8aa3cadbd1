import type { FailureKind, JsonObject } from '@llmfb/core/provider'
import type { ChatCompletionsDialect, ServiceError } from '@llmfb/openai-compatible'
import { manifest } from './manifest.ts'

/** What llama-server's own classes of error mean. Source: `format_error_response` in its `server-common.cpp`. */
const kinds: ReadonlyMap<string, FailureKind> = new Map([
  // 503 "Loading model": nothing else that is asked here is answered so.
  ['unavailable_error', 'warming'],
  // 501: started without what it takes, such as `--embeddings`. No later call does better.
  ['not_supported_error', 'model-not-found'],
])

/** Newer builds read the field, older ones and some templates what they are given themselves. */
function toEffort(effort: string | undefined): JsonObject {
  if (effort === undefined) return {}
  const thinks = effort !== 'none'
  const forTemplate = { enable_thinking: thinks, ...(thinks ? { reasoning_effort: effort } : {}) }
  return { reasoning_effort: effort, chat_template_kwargs: forTemplate }
}

/** Which of the two is read depends on the build and on the template. Source: `server-schema.cpp`, `server-common.cpp`. */
function toBudget(tokens: number | undefined): JsonObject {
  return tokens === undefined ? {} : { thinking_budget_tokens: tokens, reasoning_budget_tokens: tokens }
}

/** Where llama-server deviates from OpenAI. */
export const dialect: ChatCompletionsDialect = {
  name: manifest.name,
  reasoningReplayField: 'reasoning_content',
  reasoning: (effort, budgetTokens) => ({ ...toEffort(effort), ...toBudget(budgetTokens) }),
  classify: ({ type = '' }: ServiceError) => kinds.get(type),
}
