import { pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { AnthropicOptions } from './options.ts'

/**
 * Anthropic's Messages API as a provider. Without options the key comes from `ANTHROPIC_API_KEY` and the address
 * from `ANTHROPIC_BASE_URL`; nothing else is taken from the environment, and nothing from disk. The vendor's SDK is
 * loaded when the provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` that is neither a key, a list of keys, a function, nor a pool
 */
export function anthropic(options: AnthropicOptions = {}): ProviderPlugin {
  const keys = pooledKeys(options.apiKey)
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured: (['apiKey', 'baseURL'] as const).filter((name) => options[name] !== undefined),
    ...(keys && { keys }),
    async create(context) {
      const { createAnthropicProvider } = await import('./anthropic-provider.ts')
      return createAnthropicProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
