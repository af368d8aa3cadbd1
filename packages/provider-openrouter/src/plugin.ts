import { pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { OpenRouterOptions } from './options.ts'

/**
 * OpenRouter as a provider. Without options the key comes from `OPENROUTER_API_KEY` and the address from
 * `OPENROUTER_BASE_URL`; nothing else is taken from the environment. The SDK is loaded when the provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` that is neither a key, a list of keys, a function, nor a pool
 */
export function openrouter(options: OpenRouterOptions = {}): ProviderPlugin {
  const keys = pooledKeys(options.apiKey)
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured: (['apiKey', 'baseURL'] as const).filter((name) => options[name] !== undefined),
    ...(keys && { keys }),
    async create(context) {
      const { createOpenRouterProvider } = await import('./openrouter-provider.ts')
      return createOpenRouterProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
