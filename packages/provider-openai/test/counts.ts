import { responses, type WireDialect } from '@llmfb/conformance'

/** The same words, and those in which OpenAI counts tokens, for whichever API. */
export function withCounts(dialect: WireDialect): WireDialect {
  const { readRequest } = responses()
  return {
    ...dialect,
    readRequest: (request) =>
      (request.path.includes('/responses/input_tokens') ? readRequest : dialect.readRequest)(request),
    facets: {
      ...dialect.facets,
      tokens: (count) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ object: 'response.input_tokens', input_tokens: count }),
      }),
    },
  }
}
