import {
  type Asked,
  chatCompletions,
  type ReportedKind,
  type SpokenFailure,
  type WireDialect,
} from '@llmfb/conformance'
import type { ReasoningEffort } from '@llmfb/core/provider'
import { withDetails } from './with-details.ts'

const standard = withDetails(chatCompletions({ reasoningField: 'reasoning', requestIdHeader: 'x-generation-id' }))

interface Body {
  readonly reasoning?: { readonly effort?: ReasoningEffort; readonly max_tokens?: number }
}

function failure(status: number, message: string, metadata?: object): SpokenFailure {
  return {
    name: `${status} in its own form: ${message}`,
    status,
    headers: { 'content-type': 'application/json' },
    body: (text) => JSON.stringify({ error: { message: message + text, code: status, ...(metadata && { metadata }) } }),
  }
}

function withMore(kind: ReportedKind, ...more: readonly SpokenFailure[]): Partial<WireDialect['failures']> {
  const usual = standard.failures[kind]
  return { [kind]: [...(typeof usual === 'string' ? [] : usual), ...more] }
}

/** As OpenRouter speaks: reasoning has an object of its own, codes of errors are statuses, and comments come before events. */
export const openRouterWords: WireDialect = {
  ...standard,
  basePath: '/api/v1',
  noise: [...standard.noise, ': OPENROUTER PROCESSING\n\n'],
  readRequest(request): Asked {
    const asked = standard.readRequest(request)
    const { reasoning } = (request.body ?? {}) as Body
    if (asked.type !== 'chat' || reasoning === undefined) return asked
    const { effort, max_tokens: budgetTokens } = reasoning
    return {
      ...asked,
      request: {
        ...asked.request,
        reasoning: { ...(effort && { effort }), ...(budgetTokens !== undefined && { budgetTokens }) },
      },
    }
  },
  facets: {
    ...standard.facets,
    health: () => ({
      headers: { 'content-type': 'application/json' },
      body: '{"data":{"label":"sk-or-v1-0e6...1c9","usage":0,"limit":null,"limit_remaining":null,"is_free_tier":false}}',
    }),
  },
  failures: {
    ...standard.failures,
    ...withMore('server', failure(502, 'Provider returned error: ')),
    ...withMore('overloaded', failure(503, 'No provider meets your requirements. ')),
    ...withMore('timeout', failure(408, 'Timed out. ')),
    ...withMore('rate-limit', failure(429, 'Rate limit exceeded. ')),
    ...withMore('quota', failure(402, 'Insufficient credits. '), failure(403, 'Key limit exceeded. ')),
    ...withMore('authentication', failure(401, 'No auth credentials found. ')),
    ...withMore(
      'content-filter',
      failure(403, 'Your input was flagged. ', { reasons: ['violence'], flagged_input: '…', provider_name: 'OpenAI' }),
    ),
    ...withMore('model-not-found', failure(404, 'No endpoints found. '), failure(400, 'x/y is not a valid model ID. ')),
  },
}
