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

/** The o series besides refuses `parallel_tool_calls`. */
const { parallelToolCalls: _refused, ...oSeries } = reasoning(['low', 'medium', 'high'])
/** `stop` is refused from o3 and o4-mini on (the SDK's comment on `stop`). */
const oSeriesWithStop: ParameterSupport = { ...oSeries, stop: { type: 'strings', maxItems: 4 } }

/** Models whose id is `match`, and those that were fine-tuned from them. */
function family(match: string, capabilities: Partial<Capabilities>): ModelPattern[] {
  const tuned = `ft:${match.endsWith('*') ? match : `${match}:*`}`
  return [
    { match, capabilities },
    { match: tuned, capabilities },
  ]
}

const textOnly: Partial<Capabilities> = { input: [] }
const oWindow: Partial<Capabilities> = { contextWindow: 200_000, maxOutputTokens: 100_000 }
const gpt5Window: Partial<Capabilities> = { contextWindow: 400_000, maxOutputTokens: 128_000 }

/**
 * Where models differ, special ones before the families they belong to. An effort that a newer model does not know is
 * left for the service to refuse, since the list of its efforts would soon be old.
 */
export const models: readonly ModelPattern[] = [
  ...['gpt-4o-search-preview*', 'gpt-4o-mini-search-preview*', 'gpt-5-search-api*'].flatMap((match) =>
    family(match, { input: [], tools: false, parameters: always }),
  ),
  ...['o1-mini*', 'o1-preview*'].flatMap((match) =>
    family(match, { ...textOnly, tools: false, responseFormats: [], parameters: always }),
  ),
  ...family('o3-mini*', { ...textOnly, ...oWindow, parameters: oSeriesWithStop }),
  ...family('o1*', { ...oWindow, parameters: oSeriesWithStop }),
  ...['o3*', 'o4*'].flatMap((match) => family(match, { ...oWindow, parameters: oSeries })),

  ...family('gpt-5-chat*', { contextWindow: 128_000, maxOutputTokens: 16_384 }),
  ...['gpt-5', 'gpt-5-*'].flatMap((match) =>
    family(match, { ...gpt5Window, parameters: reasoning(['minimal', 'low', 'medium', 'high']) }),
  ),
  ...family('gpt-5.1*', { ...gpt5Window, parameters: reasoning(['none', 'low', 'medium', 'high']) }),
  ...['gpt-5.*', 'gpt-6*'].flatMap((match) => family(match, { parameters: reasoning() })),

  ...family('gpt-4.1*', { contextWindow: 1_047_576, maxOutputTokens: 32_768 }),
  ...family('gpt-4o-2024-05-13', { responseFormats: ['json'], contextWindow: 128_000, maxOutputTokens: 4096 }),
  ...family('gpt-4o*', { contextWindow: 128_000, maxOutputTokens: 16_384 }),
  ...family('gpt-4-turbo*', { responseFormats: ['json'], contextWindow: 128_000, maxOutputTokens: 4096 }),
  ...['gpt-4', 'gpt-4-0613'].flatMap((match) =>
    family(match, { ...textOnly, responseFormats: [], contextWindow: 8192, maxOutputTokens: 8192 }),
  ),
  ...family('gpt-3.5-turbo*', {
    ...textOnly,
    responseFormats: ['json'],
    contextWindow: 16_385,
    maxOutputTokens: 4096,
  }),
]
