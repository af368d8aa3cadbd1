import type { Capabilities, ModelPattern, ParameterSupport, ReasoningEffort } from '@llmfb/core/provider'

/** What every model takes. */
const always: ParameterSupport = {
  maxTokens: { type: 'integer', min: 1 },
  user: { type: 'string' },
  metadata: { type: 'labels' },
}

/** What models take that do not reason. */
export const sampling: ParameterSupport = {
  ...always,
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  stop: { type: 'strings', maxItems: 4 },
  seed: { type: 'integer' },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
  parallelToolCalls: { type: 'boolean' },
}

/** What reasoning models take: `temperature`, `top_p`, `stop` and the penalties are answered with a 400. */
function reasoning(efforts?: readonly ReasoningEffort[]): ParameterSupport {
  return {
    ...always,
    seed: { type: 'integer' },
    parallelToolCalls: { type: 'boolean' },
    reasoning: { type: 'reasoning', ...(efforts ? { efforts } : {}) },
  }
}

/** The o series refuses `parallel_tool_calls` as well. */
const { parallelToolCalls: _refused, ...oSeries } = reasoning(['low', 'medium', 'high'])

const textOnly: Partial<Capabilities> = { input: [] }
const oWindow: Partial<Capabilities> = { contextWindow: 200_000, maxOutputTokens: 100_000 }
const gpt5Window: Partial<Capabilities> = { contextWindow: 400_000, maxOutputTokens: 128_000 }

/** By the names of models, which most deployments have; special ones before the families they belong to. */
export const models: readonly ModelPattern[] = [
  { match: 'o3-mini*', capabilities: { ...textOnly, ...oWindow, parameters: oSeries } },
  ...['o1*', 'o3*', 'o4*'].map((match) => ({ match, capabilities: { ...oWindow, parameters: oSeries } })),

  { match: 'gpt-5-chat*', capabilities: { contextWindow: 128_000, maxOutputTokens: 16_384 } },
  ...['gpt-5', 'gpt-5-*'].map((match) => ({
    match,
    capabilities: { ...gpt5Window, parameters: reasoning(['minimal', 'low', 'medium', 'high']) },
  })),
  { match: 'gpt-5.1*', capabilities: { ...gpt5Window, parameters: reasoning(['none', 'low', 'medium', 'high']) } },
  ...['gpt-5.*', 'gpt-6*'].map((match) => ({ match, capabilities: { parameters: reasoning() } })),

  { match: 'gpt-4.1*', capabilities: { contextWindow: 1_047_576, maxOutputTokens: 32_768 } },
  { match: 'gpt-4o*', capabilities: { contextWindow: 128_000, maxOutputTokens: 16_384 } },
  // Azure leaves the point out of its name.
  ...['gpt-35-turbo*', 'gpt-3.5-turbo*'].map((match) => ({
    match,
    capabilities: { ...textOnly, responseFormats: ['json' as const], contextWindow: 16_385, maxOutputTokens: 4096 },
  })),
]
