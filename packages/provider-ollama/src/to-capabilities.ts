import type { Capabilities } from '@llmfb/core/provider'
import { sampling } from './manifest.ts'

/**
 * What a model can do, from the words of `/api/show`: `completion`, `tools`, `vision`, `thinking`. They know better than
 * the manifest, which goes by names.
 */
export function toCapabilities(words: readonly string[], declared: Capabilities): Capabilities {
  const reasoning = words.includes('thinking')
  const effort = declared.parameters.reasoning ?? {
    type: 'reasoning',
    efforts: ['none', 'low', 'medium', 'high', 'max'],
  }
  return {
    ...declared,
    input: words.includes('vision') ? ['image'] : [],
    tools: words.includes('tools'),
    reasoning,
    parameters: reasoning ? { ...declared.parameters, reasoning: effort } : sampling,
  }
}
