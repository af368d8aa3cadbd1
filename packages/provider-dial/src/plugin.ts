import { InvalidConfigError, pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { DialOptions } from './options.ts'

/**
 * EPAM AI DIAL as a provider. Without options the key comes from `DIAL_API_KEY` and the address from `DIAL_API_HOST`;
 * nothing else is taken from the environment. The SDK is loaded when the provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` of no kind, or when both a key and a token are given: DIAL refuses requests
 *   with both
 */
export function dial(options: DialOptions = {}): ProviderPlugin {
  const { apiKey, baseURL, id, token } = options
  if (apiKey !== undefined && token !== undefined) {
    throw new InvalidConfigError([{ path: 'dial', problem: 'takes `apiKey` or `token`, not both' }])
  }
  const keys = pooledKeys(apiKey)
  return {
    specificationVersion: 1,
    manifest: id === undefined ? manifest : { ...manifest, id },
    configured: [
      // A token stands in for the key.
      ...(apiKey === undefined && token === undefined ? [] : ['apiKey']),
      ...(baseURL === undefined ? [] : ['baseURL']),
    ],
    ...(keys && { keys }),
    async create(context) {
      const { createDialProvider } = await import('./dial-provider.ts')
      return createDialProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
