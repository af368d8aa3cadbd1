import type { Capabilities, ModelPattern, ParameterSupport, ReasoningEffort } from '@llmfb/core/provider'

/** What models take under either API that reason as they see fit. */
export const thinking: ParameterSupport = {
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  maxTokens: { type: 'integer', min: 1 },
  parallelToolCalls: { type: 'boolean' },
  user: { type: 'string' },
}

/** What all take under Chat Completions beside. */
const seeded: ParameterSupport = { ...thinking, seed: { type: 'integer' } }

/**
 * What Chat Completions takes for models that do not reason. Stop words are documented for these alone. The penalties are
 * too, but are answered with a 400: reported of grok-4.20-0309-non-reasoning in September 2026.
 */
const stopping: ParameterSupport = { ...seeded, stop: { type: 'strings', maxItems: 4 } }

function withEffort(...efforts: readonly ReasoningEffort[]): ParameterSupport {
  return { ...thinking, reasoning: { type: 'reasoning', efforts } }
}

function family(
  match: string,
  contextWindow: number,
  efforts: readonly ReasoningEffort[],
  others: Partial<Capabilities> = {},
): ModelPattern {
  const parameters = efforts.length === 0 ? {} : { parameters: withEffort(...efforts) }
  return { match, capabilities: { ...parameters, ...others, contextWindow } }
}

const plain: Partial<Capabilities> = { reasoning: false, parameters: stopping }

/**
 * Names that xAI retired on 2026-05-15. Its page on that says that grok-4.3 answers to them, with low effort, or with none
 * for those that did not reason; its users report that some fail. Whether an effort may be asked for is not said.
 */
const retired: readonly ModelPattern[] = [
  ...['grok-4-fast-non-reasoning*', 'grok-4-1-fast-non-reasoning*'].map((match) =>
    family(match, 1_000_000, [], { reasoning: false, parameters: seeded }),
  ),
  ...['grok-4-fast*', 'grok-4-1-fast*', 'grok-4', 'grok-4-0709', 'grok-4-latest', 'grok-3'].map((match) =>
    family(match, 1_000_000, []),
  ),
  // Said to be answered by grok-4.3, or by grok-build-0.1, whose window is the smaller one.
  family('grok-code-fast*', 256_000, []),
]

/**
 * Where models differ from one that reasons and is asked under the Responses API, special ones before the families they
 * belong to. Windows and efforts: xAI's pages on each model and on reasoning, read in November 2026, and what its users saw.
 */
export const models: readonly ModelPattern[] = [
  ...retired,
  family('grok-4.20*non-reasoning*', 1_000_000, [], plain),
  { match: '*non-reasoning*', capabilities: plain },
  family('grok-4.20-multi-agent*', 1_000_000, ['low', 'medium', 'high', 'xhigh']),
  family('grok-4.20*', 1_000_000, []),
  family('grok-4.3*', 1_000_000, ['none', 'low', 'medium', 'high']),
  family('grok-4.5*', 500_000, ['low', 'medium', 'high']),
  family('grok-4.6*', 500_000, ['low', 'medium', 'high', 'xhigh']),
  family('grok-4.7*', 500_000, ['low', 'medium', 'high', 'xhigh']),
  family('grok-build-0.1*', 256_000, []),
]
