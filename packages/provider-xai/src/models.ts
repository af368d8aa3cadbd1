import type { Capabilities, ModelPattern, ParameterSupport, ReasoningEffort } from '@llmfb/core/provider'

/** What models take under either API that reason as they see fit. */
export const thinking: ParameterSupport = {
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  maxTokens: { type: 'integer', min: 1 },
  parallelToolCalls: { type: 'boolean' },
  user: { type: 'string' },
}

/** What Chat Completions takes beside; reasoning models answer stop words and the penalties with a 400. */
const seeded: ParameterSupport = { ...thinking, seed: { type: 'integer' } }

/** What models take under Chat Completions that do not reason. */
const sampling: ParameterSupport = {
  ...seeded,
  stop: { type: 'strings', maxItems: 4 },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
}

function effort(...efforts: readonly ReasoningEffort[]): ParameterSupport {
  return { reasoning: { type: 'reasoning', efforts } }
}

function withEffort(...efforts: readonly ReasoningEffort[]): ParameterSupport {
  return { ...thinking, ...effort(...efforts) }
}

const textOnly: Partial<Capabilities> = { input: [] }
const plain: Partial<Capabilities> = { reasoning: false, parameters: sampling }

/**
 * Where models differ from one that reasons and is asked under the Responses API, special ones before the families they
 * belong to. Efforts: xAI's pages on reasoning and on its models, and the list of models as it answered it on 2026-10-01.
 */
export const models: readonly ModelPattern[] = [
  { match: 'grok-4*fast-non-reasoning*', capabilities: { ...plain, contextWindow: 2_000_000 } },
  { match: '*non-reasoning*', capabilities: plain },
  {
    match: 'grok-3-mini*',
    capabilities: { ...textOnly, parameters: { ...seeded, ...effort('low', 'high') }, contextWindow: 131_072 },
  },
  { match: 'grok-3*', capabilities: { ...textOnly, ...plain, contextWindow: 131_072 } },
  { match: 'grok-2-vision*', capabilities: { ...plain, contextWindow: 32_768 } },
  { match: 'grok-2*', capabilities: { ...textOnly, ...plain, contextWindow: 131_072 } },
  ...['grok-code*', 'grok-build*'].map((match) => ({ match, capabilities: { ...textOnly, contextWindow: 256_000 } })),
  ...['grok-4-fast*', 'grok-4-1-fast*'].map((match) => ({ match, capabilities: { contextWindow: 2_000_000 } })),
  ...['grok-4', 'grok-4-0709', 'grok-4-latest'].map((match) => ({ match, capabilities: { contextWindow: 256_000 } })),
  {
    match: 'grok-4.20-multi-agent*',
    capabilities: { parameters: withEffort('low', 'medium', 'high', 'xhigh'), contextWindow: 1_000_000 },
  },
  { match: 'grok-4.20*', capabilities: { contextWindow: 1_000_000 } },
  {
    match: 'grok-4.3*',
    capabilities: { parameters: withEffort('none', 'low', 'medium', 'high', 'xhigh'), contextWindow: 1_000_000 },
  },
  {
    match: 'grok-4.5*',
    capabilities: { parameters: withEffort('low', 'medium', 'high'), contextWindow: 500_000 },
  },
  {
    match: 'grok-4.7*',
    capabilities: { parameters: withEffort('low', 'medium', 'high', 'xhigh'), contextWindow: 500_000 },
  },
]
