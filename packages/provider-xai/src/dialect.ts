import type { FailureKind } from '@llmfb/core/provider'
import type { ChatCompletionsDialect, ServiceError } from '@llmfb/openai-compatible'
import { manifest } from './manifest.ts'

/** Dollars in a tick; the costs of recorded answers are those of the price list with it. */
const dollarsPerTick = 1e-10

/** Where xAI deviates from OpenAI. */
export const dialect: ChatCompletionsDialect = {
  name: manifest.name,
  maxTokensField: 'max_completion_tokens',
  // The Responses API of OpenAI has another name for it.
  renamedFields: { user: 'user' },
  fewestOutputTokens: 1,
  costUsd: ({ cost_in_usd_ticks: ticks }) =>
    // In whole ticks, so that what is added up stays as exact as it was told.
    typeof ticks === 'number' ? Number((ticks * dollarsPerTick).toFixed(10)) : undefined,
  classify,
}

/**
 * xAI says a wrong key with the status and the code of a wrong argument, and a spent balance with those of a rate limit or
 * of a missing permission: in these cases nothing but the message tells. Sources: what its users report.
 */
const words: readonly (readonly [statuses: readonly number[], words: RegExp, kind: FailureKind])[] = [
  [[400, 401], /^incorrect api key/i, 'authentication'],
  [[402, 403, 429], /used all available credits|monthly spending limit|doesn't have any credits/i, 'quota'],
  [[403], /\bSAFETY_CHECK_TYPE_/, 'content-filter'],
  [[400], /maximum prompt length/i, 'context-length'],
]

function classify({ status, body }: ServiceError): FailureKind | undefined {
  const message = readMessage(body)
  return words.find(([statuses, pattern]) => statuses.includes(status) && pattern.test(message))?.[2]
}

/** Some messages come percent-encoded. */
function readMessage(body: unknown): string {
  const { message } = (body ?? {}) as { readonly message?: unknown }
  const text = typeof body === 'string' ? body : typeof message === 'string' ? message : ''
  return text.replaceAll('%20', ' ')
}
