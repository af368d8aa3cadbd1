import type { Capabilities, ModelPattern, ParameterSupport, ReasoningEffort } from '@llmfb/core/provider'
import type { ApiName } from '@llmfb/openai-compatible'

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

const { stop: _stop, seed: _seed, presencePenalty: _presence, frequencyPenalty: _frequency, ...shared } = sampling

/** What models take under the Responses API, which has no stop, seed or penalties. */
const responses: ParameterSupport = { ...shared, maxTokens: { type: 'integer', min: 16 } }

/** What reasoning models take under the Responses API. */
function responsesReasoning(efforts?: readonly ReasoningEffort[]): ParameterSupport {
  const { temperature: _temperature, topP: _topP, ...taken } = responses
  return { ...taken, reasoning: { type: 'reasoning', ...(efforts ? { efforts } : {}) } }
}

/** What a model can do under the API that is not its own. */
export function underApi(api: ApiName, capabilities: Capabilities): Capabilities {
  const { reasoning: range } = capabilities.parameters
  if (api === 'chat-completions') {
    // What takes breakpoints here has no place for them in Chat Completions, as far as this provider writes it.
    const { cacheBreakpoints: _limit, ...rest } = capabilities
    return {
      ...rest,
      reasoning: false,
      promptCache: false,
      parameters: range ? { ...reasoning(), reasoning: range } : sampling,
    }
  }
  const known = Object.keys(capabilities.parameters)
  const taken = Object.entries(responses).filter(([name]) => known.includes(name))
  const parameters: ParameterSupport = { ...Object.fromEntries(taken), ...(range && { reasoning: range }) }
  return { ...capabilities, reasoning: range !== undefined, parameters }
}

/** Models whose id is `match`, and those that were fine-tuned from them. */
function family(match: string, capabilities: Partial<Capabilities>): ModelPattern[] {
  const tuned = `ft:${match.endsWith('*') ? match : `${match}:*`}`
  return [
    { match, capabilities },
    { match: tuned, capabilities },
  ]
}

const textOnly: Partial<Capabilities> = { input: [] }
/** Reasoning models under the Responses API, which shows reasoning and takes it back. */
const underResponses: Partial<Capabilities> = { reasoning: true, parameters: responsesReasoning() }
/** Breakpoints: the SDK's comments on `prompt_cache_breakpoint` and `prompt_cache_options`. */
const withBreakpoints: Partial<Capabilities> = { ...underResponses, promptCache: true, cacheBreakpoints: 4 }
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
  ...['o1-pro*', 'o3-pro*', 'o3-deep-research*', 'o4-mini-deep-research*'].flatMap((match) =>
    family(match, { ...oWindow, ...underResponses }),
  ),
  ...family('o3-mini*', { ...textOnly, ...oWindow, parameters: oSeriesWithStop }),
  ...family('o1*', { ...oWindow, parameters: oSeriesWithStop }),
  ...['o3*', 'o4*'].flatMap((match) => family(match, { ...oWindow, parameters: oSeries })),

  ...family('computer-use-preview*', { parameters: responses }),
  ...['codex-*', 'gpt-5*-codex*', 'gpt-5*-pro*'].flatMap((match) =>
    family(match, { ...gpt5Window, ...underResponses }),
  ),
  ...family('gpt-5-chat*', { contextWindow: 128_000, maxOutputTokens: 16_384 }),
  ...['gpt-5', 'gpt-5-*'].flatMap((match) =>
    family(match, { ...gpt5Window, parameters: reasoning(['minimal', 'low', 'medium', 'high']) }),
  ),
  ...family('gpt-5.1*', { ...gpt5Window, parameters: reasoning(['none', 'low', 'medium', 'high']) }),
  ...['gpt-5.4*', 'gpt-5.5*'].flatMap((match) => family(match, underResponses)),
  ...['gpt-5.6*', 'gpt-5.7*', 'gpt-5.8*', 'gpt-5.9*', 'gpt-6*'].flatMap((match) => family(match, withBreakpoints)),
  ...family('gpt-5.*', { parameters: reasoning() }),

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
