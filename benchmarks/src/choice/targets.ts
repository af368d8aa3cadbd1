import type { Candidate, Capabilities } from '@llmfb/core'

const capabilities: Capabilities = {
  input: ['image'],
  tools: true,
  responseFormats: ['json'],
  streaming: true,
  reasoning: false,
  promptCache: false,
  assistantPrefill: false,
  parameters: {},
}

/** So many targets that have been in use for a while, each a little different from the next. */
export function createTargets(count: number): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => {
    const firstContentMs = 300 + ((index * 37) % 101)
    const own = { ...capabilities, contextWindow: 32_000 * (1 + (index % 5)) }
    const price = { inputPerMillion: 1 + (index % 7), outputPerMillion: 5 + (index % 11) }
    return {
      target: `memory/model-${index}`,
      provider: 'memory',
      model: `model-${index}`,
      weight: 1 + (index % 3),
      health: {
        status: 'healthy',
        inFlight: index % 4,
        failureRate: 0,
        firstContentMs,
        perTokenMs: 20,
        peakFirstContentMs: () => firstContentMs,
      },
      capabilities: () => own,
      price: () => price,
    }
  })
}
