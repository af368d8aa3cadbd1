import type { Capabilities, ModelPattern, ParameterRange, ReasoningEffort } from '@llmfb/core/provider'

/** Smallest thinking budget that Claude takes. */
const thinkingBudget = { min: 1024 } as const

function reasoning(efforts: readonly ReasoningEffort[], budget = false): ParameterRange {
  return { type: 'reasoning', efforts, ...(budget && { budgetTokens: thinkingBudget }) }
}

/** What the Converse API has for every model; ranges from `InferenceConfiguration` in its service description. */
const common = {
  maxTokens: { type: 'integer', min: 1 },
  stop: { type: 'strings', maxItems: 2500 },
  metadata: { type: 'labels' },
} as const satisfies Capabilities['parameters']

const sampling = {
  ...common,
  temperature: { type: 'number', min: 0, max: 1 },
  topP: { type: 'number', min: 0, max: 1 },
} as const satisfies Capabilities['parameters']

const withTopK = { ...sampling, topK: { type: 'integer', min: 0 } } as const satisfies Capabilities['parameters']

/** `ToolUseId` of the service description, without the two marks that Claude refuses. */
const toolCallIds = { characters: 'word', maxLength: 64 } as const satisfies Capabilities['toolCallIds']

/** What a model can do that no pattern knows, such as one behind an application's own inference profile. */
export const capabilities: Capabilities = {
  input: ['image', 'file'],
  tools: true,
  responseFormats: ['json-schema'],
  streaming: true,
  reasoning: true,
  promptCache: false,
  toolCallIds,
  assistantPrefill: false,
  parameters: sampling,
}

const claude = { promptCache: true, cacheBreakpoints: 4 } as const satisfies Partial<Capabilities>
const large = { ...claude, contextWindow: 1_000_000, maxOutputTokens: 128_000 } as const
const medium = { ...claude, contextWindow: 200_000, maxOutputTokens: 64_000, assistantPrefill: true } as const

/** Thinking is set by a budget alone. */
const byBudget = { ...withTopK, reasoning: reasoning(['none'], true) } as const

/** Thinking is set by effort alone; these models take no sampling. */
const byEffort: Partial<Capabilities> = {
  ...large,
  parameters: { ...common, reasoning: reasoning(['none', 'low', 'medium', 'high', 'xhigh', 'max']) },
}

/** Thinking cannot be switched off. */
const alwaysThinking: Partial<Capabilities> = {
  ...large,
  parameters: { ...common, reasoning: reasoning(['low', 'medium', 'high', 'xhigh', 'max']) },
}

/** Claude 3 and 3.5, which do not think. */
function claude3(maxOutputTokens: number, promptCache: boolean): Partial<Capabilities> {
  return {
    contextWindow: 200_000,
    maxOutputTokens,
    promptCache,
    ...(promptCache && { cacheBreakpoints: 4 }),
    responseFormats: [],
    reasoning: false,
    assistantPrefill: true,
    parameters: withTopK,
  }
}

/** Models with text alone, and without what only newer ones have. */
const plain = { input: ['file'], responseFormats: [], reasoning: false } as const satisfies Partial<Capabilities>
/** Without tools, in the Converse API's table of features. */
const toolless = { ...plain, tools: false } as const satisfies Partial<Capabilities>
const nova = {
  responseFormats: [],
  reasoning: false,
  promptCache: true,
  cacheBreakpoints: 4,
  contextWindow: 300_000,
  parameters: withTopK,
} as const satisfies Partial<Capabilities>

/**
 * Sources: "Supported models and model features" of the Converse API, "Prompt caching" and "Structured outputs" in the
 * service's user guide, and for Claude the documentation of its maker; read in November 2026. A pattern begins with an
 * asterisk because ids may carry a geography or be within an ARN.
 */
export const models: readonly ModelPattern[] = [
  { match: '*anthropic.claude-v2*', capabilities: { ...toolless, parameters: withTopK, contextWindow: 200_000 } },
  { match: '*anthropic.claude-instant*', capabilities: { ...toolless, parameters: withTopK, contextWindow: 100_000 } },
  { match: '*anthropic.claude-3-haiku*', capabilities: claude3(4096, false) },
  { match: '*anthropic.claude-3-opus*', capabilities: claude3(4096, false) },
  { match: '*anthropic.claude-3-sonnet*', capabilities: claude3(4096, false) },
  { match: '*anthropic.claude-3-5-*', capabilities: claude3(8192, true) },
  { match: '*anthropic.claude-3-7-*', capabilities: { ...medium, responseFormats: [], parameters: byBudget } },
  {
    match: '*anthropic.claude-opus-4-1*',
    capabilities: { ...medium, maxOutputTokens: 32_000, responseFormats: [], parameters: byBudget },
  },
  { match: '*anthropic.claude-haiku-4-5*', capabilities: { ...medium, parameters: byBudget } },
  { match: '*anthropic.claude-sonnet-4-5*', capabilities: { ...medium, parameters: byBudget } },
  { match: '*anthropic.claude-opus-4-5*', capabilities: { ...medium, parameters: byBudget } },
  ...['*anthropic.claude-opus-4-6*', '*anthropic.claude-sonnet-4-6*'].map((match) => ({
    match,
    capabilities: {
      ...large,
      parameters: { ...withTopK, reasoning: reasoning(['none', 'low', 'medium', 'high', 'max'], true) },
    },
  })),
  { match: '*anthropic.claude-opus-4-7*', capabilities: byEffort },
  { match: '*anthropic.claude-opus-4-8*', capabilities: byEffort },
  // Dated ids of Claude 4: anthropic.claude-opus-4-20250514-v1:0.
  {
    match: '*anthropic.claude-opus-4*',
    capabilities: { ...medium, maxOutputTokens: 32_000, responseFormats: [], parameters: byBudget },
  },
  { match: '*anthropic.claude-sonnet-4*', capabilities: { ...medium, responseFormats: [], parameters: byBudget } },
  { match: '*anthropic.claude-fable-*', capabilities: alwaysThinking },
  { match: '*anthropic.claude-mythos-*', capabilities: alwaysThinking },
  { match: '*anthropic.claude-opus-5-5*', capabilities: alwaysThinking },
  { match: '*anthropic.claude-*', capabilities: byEffort },
  {
    match: '*amazon.nova-2*',
    capabilities: {
      ...nova,
      reasoning: true,
      contextWindow: 1_000_000,
      parameters: { ...withTopK, reasoning: reasoning(['none', 'low', 'medium', 'high']) },
    },
  },
  { match: '*amazon.nova-micro*', capabilities: { ...nova, input: [], contextWindow: 128_000 } },
  { match: '*amazon.nova-premier*', capabilities: { ...nova, contextWindow: 1_000_000 } },
  { match: '*amazon.nova*', capabilities: nova },
  { match: '*amazon.titan-text*', capabilities: toolless },
  { match: '*meta.llama3-2-11b*', capabilities: { responseFormats: [], reasoning: false, contextWindow: 128_000 } },
  { match: '*meta.llama3-2-90b*', capabilities: { responseFormats: [], reasoning: false, contextWindow: 128_000 } },
  { match: '*meta.llama4*', capabilities: { responseFormats: [], reasoning: false } },
  { match: '*meta.llama3-8b*', capabilities: { ...toolless, contextWindow: 8192 } },
  { match: '*meta.llama3-70b*', capabilities: { ...toolless, contextWindow: 8192 } },
  { match: '*meta.llama3*', capabilities: { ...plain, contextWindow: 128_000 } },
  { match: '*mistral.mistral-7b*', capabilities: { ...toolless, contextWindow: 32_768 } },
  { match: '*mistral.mixtral-8x7b*', capabilities: { ...toolless, contextWindow: 32_768 } },
  { match: '*mistral.mistral-small-2402*', capabilities: { ...plain, input: [] } },
  { match: '*mistral.mistral-large-240*', capabilities: plain },
  { match: '*mistral.pixtral*', capabilities: { responseFormats: [], reasoning: false } },
  { match: '*cohere.command-r*', capabilities: { ...plain, contextWindow: 128_000 } },
  { match: '*ai21.jamba*', capabilities: { ...plain, contextWindow: 256_000 } },
  { match: '*writer.palmyra*', capabilities: plain },
  { match: '*deepseek.r1*', capabilities: { ...toolless, reasoning: true, contextWindow: 128_000 } },
  {
    match: '*openai.gpt-oss*',
    capabilities: {
      input: [],
      contextWindow: 128_000,
      parameters: { ...sampling, reasoning: reasoning(['low', 'medium', 'high']) },
    },
  },
]
