import type { Capabilities, Manifest, ModelPattern, ParameterRange, ReasoningEffort } from '@llmfb/core/provider'

function reasoning(
  efforts: readonly ReasoningEffort[],
  budgetTokens?: { readonly min: number; readonly max: number },
): ParameterRange {
  return { type: 'reasoning', efforts, ...(budgetTokens && { budgetTokens }) }
}

/** Source: `GenerationConfig` in the service's API description, and "Content generation parameters" in its documentation. */
const parameters = {
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  topK: { type: 'integer', min: 1 },
  maxTokens: { type: 'integer', min: 1 },
  stop: { type: 'strings', maxItems: 5 },
  seed: { type: 'integer' },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
} as const satisfies Capabilities['parameters']

const window = { contextWindow: 1_048_576, maxOutputTokens: 65_536 } as const

/** What a model can do that no pattern knows: the newest think by level. */
const capabilities: Capabilities = {
  input: ['image', 'file'],
  tools: true,
  responseFormats: ['json', 'json-schema'],
  streaming: true,
  reasoning: true,
  // The service caches prefixes by itself; explicit caches are resources with a name of their own.
  promptCache: false,
  assistantPrefill: false,
  parameters: { ...parameters, reasoning: reasoning(['low', 'medium', 'high']) },
}

function thinking(match: string, range: ParameterRange): ModelPattern {
  return { match, capabilities: { ...window, parameters: { ...parameters, reasoning: range } } }
}

function thoughtless(match: string, limits: Partial<Capabilities>): ModelPattern {
  return { match, capabilities: { ...limits, reasoning: false, parameters } }
}

const allLevels = reasoning(['minimal', 'low', 'medium', 'high'])

/**
 * Budgets are the service's own; an effort is sent as the budget that its OpenAI-compatible address gives it. Sources: the
 * pages "Thinking", "OpenAI compatibility" and "Models" of the service's documentation, read in November 2026.
 */
const models: readonly ModelPattern[] = [
  thoughtless('*gemini-1.*', { maxOutputTokens: 8192 }),
  thoughtless('*gemini-2.0-*', { contextWindow: 1_048_576, maxOutputTokens: 8192 }),
  {
    match: '*gemini-2.5-flash-image*',
    capabilities: { contextWindow: 32_768, maxOutputTokens: 32_768, tools: false, reasoning: false, parameters },
  },
  thinking('*gemini-2.5-flash-lite*', reasoning(['none', 'low', 'medium', 'high'], { min: 512, max: 24_576 })),
  thinking('*gemini-2.5-flash*', reasoning(['none', 'low', 'medium', 'high'], { min: 1, max: 24_576 })),
  thinking('*gemini-2.5-pro*', reasoning(['low', 'medium', 'high'], { min: 128, max: 32_768 })),
  { match: '*gemini-3-pro-image*', capabilities: { tools: false, parameters } },
  thinking('*gemini-3-pro*', reasoning(['low', 'high'])),
  thinking('*gemini-3.1-pro*', reasoning(['low', 'medium', 'high'])),
  ...['*gemini-3-flash*', '*gemini-3.1-flash*', '*gemini-3.5-flash*', '*gemini-3.6-flash*'].map((match) =>
    thinking(match, allLevels),
  ),
  thinking('*gemini-*', reasoning(['low', 'medium', 'high'])),
]

/** What this provider is, as data. */
export const manifest: Manifest = {
  id: 'google',
  name: 'Google Gemini',
  tier: 'production',
  credentials: [
    {
      variable: 'GEMINI_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'key of the Gemini API',
      url: 'https://aistudio.google.com/apikey',
    },
    {
      variable: 'GOOGLE_API_KEY',
      option: 'apiKey',
      required: false,
      description: 'another name for the key of the Gemini API; it wins where both are set, as in the SDK',
      url: 'https://aistudio.google.com/apikey',
    },
    {
      variable: 'GOOGLE_GEMINI_BASE_URL',
      option: 'baseURL',
      required: false,
      description:
        'address of the Gemini API or of a proxy for it, https://generativelanguage.googleapis.com unless set',
    },
  ],
  capabilities,
  models,
  documentationUrl: 'https://ai.google.dev/api',
  knownGaps: [
    'parallelToolCalls, user and metadata: the service has no such settings',
    'prompt caches: the service caches by itself, and what it read from there is counted; a cache made beforehand goes into providerOptions.google.cachedContent',
    'tools of the service (search, code execution, URL context): can be asked for with providerOptions, but their parts and sources have no part here and are left out with a warning',
    'more than one candidate: only the first is read',
    'rate limits on answers: the service does not tell them',
    'Vertex AI (Gemini Enterprise Agent Platform): not through this provider, which speaks the Gemini API alone',
  ],
}
