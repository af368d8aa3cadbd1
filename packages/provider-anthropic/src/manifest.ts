import type { Capabilities, Manifest, ModelPattern, ParameterRange, ReasoningEffort } from '@llmfb/core/provider'

/** Smallest thinking budget the service takes; see `budget_tokens` in its reference. */
const thinkingBudget = { min: 1024 } as const

function reasoning(efforts: readonly ReasoningEffort[], budget: boolean): ParameterRange {
  return { type: 'reasoning', efforts, ...(budget && { budgetTokens: thinkingBudget }) }
}

/**
 * Temperature, topP and topK are absent on purpose: the service's API version 2026-10-21 has none of them, and models
 * from Claude Opus 4.7 on refuse them.
 */
const parameters = {
  maxTokens: { type: 'integer', min: 1 },
  stop: { type: 'strings' },
  parallelToolCalls: { type: 'boolean' },
  user: { type: 'string' },
} as const satisfies Capabilities['parameters']

/**
 * The service answers any other character with a 400: "String should match pattern '^[a-zA-Z0-9_-]+$'". It names no
 * length; 64 is the most that Amazon Bedrock takes for the same models (`ToolUseId` in its service description).
 */
const toolCallIds = { characters: 'word', maxLength: 64 } as const satisfies Capabilities['toolCallIds']

/** What a model can do that no pattern knows, such as another vendor's behind the same API. */
const capabilities: Capabilities = {
  input: ['image', 'file'],
  tools: true,
  responseFormats: ['json-schema'],
  streaming: true,
  reasoning: true,
  promptCache: true,
  // A fifth is answered with a 400; see "Prompt caching" in the service's documentation.
  cacheBreakpoints: 4,
  toolCallIds,
  assistantPrefill: false,
  parameters: { ...parameters, reasoning: reasoning(['low', 'medium', 'high'], false) },
}

const large = { contextWindow: 1_000_000, maxOutputTokens: 128_000 } as const
const medium = { contextWindow: 200_000, maxOutputTokens: 64_000, assistantPrefill: true } as const

/** Thinking cannot be switched off. */
const alwaysThinking: Partial<Capabilities> = {
  ...large,
  parameters: { ...parameters, reasoning: reasoning(['low', 'medium', 'high', 'xhigh', 'max'], false) },
}

/** Thinking is set by effort alone. */
const thinkingByEffort: Partial<Capabilities> = {
  ...large,
  parameters: { ...parameters, reasoning: reasoning(['none', 'low', 'medium', 'high', 'xhigh', 'max'], false) },
}

/** Thinking is set by a budget alone. */
const thinkingByBudget = { ...parameters, reasoning: reasoning(['none'], true) } as const

/**
 * Sources: the pages "Models overview", "Effort", "Troubleshooting thinking" and "Errors" (on prefill) of the service's
 * documentation, read in November 2026.
 */
const models: readonly ModelPattern[] = [
  { match: '*claude-3-haiku*', capabilities: legacy(4096) },
  { match: '*claude-3-opus*', capabilities: legacy(4096) },
  { match: '*claude-3-sonnet*', capabilities: legacy(4096) },
  { match: '*claude-3-5-*', capabilities: legacy(8192) },
  { match: '*claude-3-7-*', capabilities: { ...medium, responseFormats: [], parameters: thinkingByBudget } },
  {
    match: '*claude-opus-4-1*',
    capabilities: { ...medium, maxOutputTokens: 32_000, parameters: thinkingByBudget },
  },
  { match: '*claude-haiku-4-5*', capabilities: { ...medium, parameters: thinkingByBudget } },
  { match: '*claude-sonnet-4-5*', capabilities: { ...medium, parameters: thinkingByBudget } },
  {
    match: '*claude-opus-4-5*',
    capabilities: {
      ...medium,
      parameters: { ...parameters, reasoning: reasoning(['none', 'low', 'medium', 'high'], true) },
    },
  },
  ...['*claude-opus-4-6*', '*claude-sonnet-4-6*'].map((match) => ({
    match,
    capabilities: {
      ...large,
      parameters: { ...parameters, reasoning: reasoning(['none', 'low', 'medium', 'high', 'max'], true) },
    },
  })),
  { match: '*claude-opus-4-7*', capabilities: thinkingByEffort },
  { match: '*claude-opus-4-8*', capabilities: thinkingByEffort },
  // Dated ids and aliases of Claude 4: claude-opus-4-20250514, claude-sonnet-4-0.
  {
    match: '*claude-opus-4*',
    capabilities: { ...medium, maxOutputTokens: 32_000, responseFormats: [], parameters: thinkingByBudget },
  },
  { match: '*claude-sonnet-4*', capabilities: { ...medium, responseFormats: [], parameters: thinkingByBudget } },
  { match: '*claude-fable-*', capabilities: alwaysThinking },
  { match: '*claude-mythos-*', capabilities: alwaysThinking },
  { match: '*claude-opus-5-5*', capabilities: alwaysThinking },
  { match: '*claude-*', capabilities: thinkingByEffort },
]

function legacy(maxOutputTokens: number): Partial<Capabilities> {
  return {
    contextWindow: 200_000,
    maxOutputTokens,
    responseFormats: [],
    reasoning: false,
    assistantPrefill: true,
    parameters,
  }
}

/** What this provider is, as data. */
export const manifest: Manifest = {
  id: 'anthropic',
  name: 'Anthropic',
  tier: 'production',
  credentials: [
    {
      variable: 'ANTHROPIC_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'key of the Claude API',
      url: 'https://platform.claude.com/settings/keys',
    },
    {
      variable: 'ANTHROPIC_BASE_URL',
      option: 'baseURL',
      required: false,
      description: 'address of the Claude API or of a proxy for it, https://api.anthropic.com unless set',
    },
  ],
  capabilities,
  models,
  documentationUrl: 'https://platform.claude.com/docs/en/api/messages',
  knownGaps: [
    'temperature, topP and topK: gone from the API version that the SDK speaks; providerOptions can still send them',
    "responseFormat 'json': the service has JSON by schema only",
    'server tools (web search, code execution, MCP): can be asked for with providerOptions, but their blocks have no part here and are left out with a warning',
    'citations: left out with a warning; the text they belong to is there',
    'embeddings: the service has none',
  ],
}
