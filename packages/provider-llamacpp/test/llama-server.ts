import { chatCompletions, type SpokenFailure, type WireDialect, type WireRequest } from '@llmfb/conformance'

const json = { 'content-type': 'application/json' }
const base = chatCompletions({
  reasoningField: 'reasoning_content',
  warming: [failure(503, 'unavailable_error', () => 'Loading model')],
})

/** An error as llama-server's `format_error_response` makes it: the code is the status. */
function failure(status: number, type: string, say = (message: string): string => message): SpokenFailure {
  const body = (message: string): string => JSON.stringify({ error: { code: status, message: say(message), type } })
  return { name: `${status} ${type}`, status, code: type, headers: json, body }
}

function added(
  kind: 'server' | 'authentication' | 'context-length' | 'invalid-request' | 'model-not-found',
  more: SpokenFailure,
) {
  const known = base.failures[kind]
  return { [kind]: [more, ...(typeof known === 'string' ? [] : known)] }
}

/** Which path a request asks, without its query. */
const pathOf = ({ path }: WireRequest): string => path.replace(/\?.*$/, '')

/** How llama-server speaks: Chat Completions, with errors and other endpoints of its own. */
export function llamaServer(): WireDialect {
  return {
    ...base,
    name: 'llama-server',
    readRequest(request) {
      const counts = pathOf(request).endsWith('/input_tokens')
      const path = counts ? '/v1/chat/completions' : request.path
      const asked = base.readRequest({ ...request, path })
      if (asked.type !== 'chat') return asked
      const { tools = [], toolChoice } = asked.request
      const [only] = tools
      // A call that is required of the only tool there is names it.
      const named = toolChoice === 'required' && only && tools.length === 1 ? { toolChoice: { tool: only.name } } : {}
      const { reasoning_budget_tokens: budgetTokens } = request.body as { readonly reasoning_budget_tokens?: number }
      const reasoning = { ...asked.request.reasoning, ...(budgetTokens !== undefined && { budgetTokens }) }
      const asks = Object.keys(reasoning).length > 0
      const meant = { ...asked, request: { ...asked.request, ...named, ...(asks && { reasoning }) } }
      return counts ? { ...meant, type: 'tokens' } : meant
    },
    failures: {
      ...base.failures,
      ...added('server', failure(500, 'server_error')),
      ...added('authentication', failure(401, 'authentication_error')),
      ...added('context-length', failure(400, 'exceed_context_size_error')),
      ...added('invalid-request', failure(400, 'invalid_request_error')),
      ...added('model-not-found', failure(501, 'not_supported_error')),
    },
    facets: {
      ...base.facets,
      tokens: (count) => ({
        headers: json,
        body: JSON.stringify({ object: 'response.input_tokens', input_tokens: count }),
      }),
      health: () => ({ headers: json, body: '{"status":"ok"}' }),
      warmUp: (request) => ({
        headers: json,
        body:
          pathOf(request) === '/health'
            ? '{"status":"ok"}'
            : '{"default_generation_settings":{"n_ctx":8192},"total_slots":1,"modalities":{"vision":true}}',
      }),
    },
  }
}
