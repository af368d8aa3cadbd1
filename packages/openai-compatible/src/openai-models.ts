import type { Capabilities, ModelPattern, ParameterSupport, ReasoningEffort } from '@llmfb/core/provider'

/** What every model of OpenAI takes. */
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
export function reasoning(efforts?: readonly ReasoningEffort[]): ParameterSupport {
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
export const responses: ParameterSupport = { ...shared, maxTokens: { type: 'integer', min: 16 } }

/** What reasoning models take under the Responses API. */
function responsesReasoning(): ParameterSupport {
  const { temperature: _temperature, topP: _topP, ...taken } = responses
  return { ...taken, reasoning: { type: 'reasoning' } }
}

/** Models whose ids match any of `matches`. */
function family(matches: readonly string[], capabilities: Partial<Capabilities>): ModelPattern[] {
  return matches.map((match) => ({ match, capabilities }))
}

const textOnly: Partial<Capabilities> = { input: [] }
/** Reasoning models under the Responses API, which shows reasoning and takes it back. */
const underResponses: Partial<Capabilities> = { reasoning: true, parameters: responsesReasoning() }
/** Breakpoints: the SDK's comments on `prompt_cache_breakpoint` and `prompt_cache_options`. */
const withBreakpoints: Partial<Capabilities> = { ...underResponses, promptCache: true, cacheBreakpoints: 4 }
const oWindow: Partial<Capabilities> = { contextWindow: 200_000, maxOutputTokens: 100_000 }
const gpt5Window: Partial<Capabilities> = { contextWindow: 400_000, maxOutputTokens: 128_000 }

/**
 * Where OpenAI's models differ from one that samples and is asked under Chat Completions, special ones before the families
 * they belong to. An effort that a newer model does not know is left for the service to refuse, since the list of its
 * efforts would soon be old.
 */
export const openAIModels: readonly ModelPattern[] = [
  ...family(['gpt-4o-search-preview*', 'gpt-4o-mini-search-preview*', 'gpt-5-search-api*'], {
    input: [],
    tools: false,
    parameters: always,
  }),
  ...family(['o1-mini*', 'o1-preview*'], { ...textOnly, tools: false, responseFormats: [], parameters: always }),
  ...family(['o1-pro*', 'o3-pro*', 'o3-deep-research*', 'o4-mini-deep-research*'], { ...oWindow, ...underResponses }),
  ...family(['o3-mini*'], { ...textOnly, ...oWindow, parameters: oSeriesWithStop }),
  ...family(['o1*'], { ...oWindow, parameters: oSeriesWithStop }),
  ...family(['o3*', 'o4*'], { ...oWindow, parameters: oSeries }),

  ...family(['computer-use-preview*'], { parameters: responses }),
  ...family(['codex-*', 'gpt-5*-codex*', 'gpt-5*-pro*'], { ...gpt5Window, ...underResponses }),
  ...family(['gpt-5-chat*'], { contextWindow: 128_000, maxOutputTokens: 16_384 }),
  ...family(['gpt-5', 'gpt-5-*'], { ...gpt5Window, parameters: reasoning(['minimal', 'low', 'medium', 'high']) }),
  ...family(['gpt-5.1*'], { ...gpt5Window, parameters: reasoning(['none', 'low', 'medium', 'high']) }),
  ...family(['gpt-5.4*', 'gpt-5.5*'], underResponses),
  ...family(['gpt-5.6*', 'gpt-5.7*', 'gpt-5.8*', 'gpt-5.9*', 'gpt-6*'], withBreakpoints),
  ...family(['gpt-5.*'], { parameters: reasoning() }),

  ...family(['gpt-4.1*'], { contextWindow: 1_047_576, maxOutputTokens: 32_768 }),
  ...family(['gpt-4o-2024-05-13'], { responseFormats: ['json'], contextWindow: 128_000, maxOutputTokens: 4096 }),
  ...family(['gpt-4o*'], { contextWindow: 128_000, maxOutputTokens: 16_384 }),
  ...family(['gpt-4-turbo*'], { responseFormats: ['json'], contextWindow: 128_000, maxOutputTokens: 4096 }),
  ...family(['gpt-4', 'gpt-4-0613'], {
    ...textOnly,
    responseFormats: [],
    contextWindow: 8192,
    maxOutputTokens: 8192,
  }),
  ...family(['gpt-3.5-turbo*'], {
    ...textOnly,
    responseFormats: ['json'],
    contextWindow: 16_385,
    maxOutputTokens: 4096,
  }),
]
