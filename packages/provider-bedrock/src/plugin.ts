import { pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { BedrockOptions } from './options.ts'

/**
 * Amazon Bedrock's Converse API as a provider. Without options it takes a key or credentials, the region and the address
 * from the variables that AWS gives them, and credentials as a last resort from the default chain of AWS. The vendor's
 * SDK is loaded when the provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` that is neither a key, a list of keys, a function, nor a pool
 */
export function bedrock(options: BedrockOptions = {}): ProviderPlugin {
  const keys = pooledKeys(options.apiKey)
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured: (['apiKey', 'credentials', 'profile', 'region', 'baseURL'] as const).filter(
      (name) => options[name] !== undefined,
    ),
    ...(keys && { keys }),
    async create(context) {
      const { createBedrockProvider } = await import('./bedrock-provider.ts')
      return createBedrockProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
