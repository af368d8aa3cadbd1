import type { Capabilities, ModelPattern, ParameterSupport, ReasoningEffort } from '@llmfb/core/provider'

/** What models take that reason as they see fit: stop words, the penalties and an effort are answered with a 400. */
export const thinking: ParameterSupport = {
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  maxTokens: { type: 'integer', min: 1 },
  seed: { type: 'integer' },
  parallelToolCalls: { type: 'boolean' },
  user: { type: 'string' },
}

/** What models take that do not reason. */
const sampling: ParameterSupport = {
  ...thinking,
  stop: { type: 'strings', maxItems: 4 },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
}

function withEffort(...efforts: readonly ReasoningEffort[]): ParameterSupport {
  return { ...thinking, reasoning: { type: 'reasoning', efforts } }
}

const textOnly: Partial<Capabilities> = { input: [] }

/**
 * Where models differ, special ones before the families they belong to. Efforts: xAI's page on reasoning, and the list of
 * models as it answered it on 2026-10-01.
 */
export const models: readonly ModelPattern[] = [
  { match: 'grok-4*fast-non-reasoning*', capabilities: { parameters: sampling, contextWindow: 2_000_000 } },
  { match: '*non-reasoning*', capabilities: { parameters: sampling } },
  {
    match: 'grok-3-mini*',
    capabilities: { ...textOnly, reasoning: true, parameters: withEffort('low', 'high'), contextWindow: 131_072 },
  },
  { match: 'grok-3*', capabilities: { ...textOnly, parameters: sampling, contextWindow: 131_072 } },
  { match: 'grok-2-vision*', capabilities: { parameters: sampling, contextWindow: 32_768 } },
  { match: 'grok-2*', capabilities: { ...textOnly, parameters: sampling, contextWindow: 131_072 } },
  ...['grok-code*', 'grok-build*'].map((match) => ({ match, capabilities: { ...textOnly, contextWindow: 256_000 } })),
  ...['grok-4-fast*', 'grok-4-1-fast*'].map((match) => ({ match, capabilities: { contextWindow: 2_000_000 } })),
  ...['grok-4', 'grok-4-0709', 'grok-4-latest'].map((match) => ({ match, capabilities: { contextWindow: 256_000 } })),
  {
    match: 'grok-4.3*',
    capabilities: { parameters: withEffort('none', 'low', 'medium', 'high', 'xhigh'), contextWindow: 1_000_000 },
  },
  {
    match: 'grok-4.7*',
    capabilities: { parameters: withEffort('low', 'medium', 'high', 'xhigh'), contextWindow: 500_000 },
  },
]
