import type { ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { StaticOptions } from './options.ts'
import { readAnswers } from './read-answers.ts'
import { createStaticProvider } from './static-provider.ts'

/**
 * Canned answers as a provider, for the end of a route: each answer is a model, and each response is marked `degraded`.
 *
 * @throws InvalidConfigError with everything that is wrong with the options
 */
export function staticAnswers(options: StaticOptions): ProviderPlugin {
  const answers = readAnswers(options)
  const models = [...answers].map(([match, { responseFormats }]) => ({ match, capabilities: { responseFormats } }))
  const own = { ...manifest, id: options.id ?? manifest.id, models }
  return {
    specificationVersion: 1,
    manifest: own,
    create: ({ id }) => createStaticProvider(id, own, answers, options.chunkSize),
  }
}
