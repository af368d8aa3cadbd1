import { pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { OllamaOptions } from './options.ts'

/**
 * Models that an Ollama server runs, on this machine, another, or ollama.com. The SDK is loaded on first use.
 *
 * @throws InvalidConfigError for an `apiKey` that is neither a key, a list of keys, a function, nor a pool
 */
export function ollama(options: OllamaOptions = {}): ProviderPlugin {
  const keys = pooledKeys(options.apiKey)
  const configured = (['apiKey', 'baseURL'] as const).filter((name) => options[name] !== undefined)
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured,
    ...(keys && { keys }),
    async create(context) {
      const { createOllamaProvider } = await import('./ollama-provider.ts')
      return createOllamaProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
