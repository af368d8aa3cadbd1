import { pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { GoogleOptions } from './options.ts'

/**
 * Google's Gemini API as a provider. Without options the key comes from `GOOGLE_API_KEY` or `GEMINI_API_KEY` and the
 * address from `GOOGLE_GEMINI_BASE_URL`; nothing else is taken from the environment. The vendor's SDK is loaded when the
 * provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` that is neither a key, a list of keys, a function, nor a pool
 */
export function google(options: GoogleOptions = {}): ProviderPlugin {
  const keys = pooledKeys(options.apiKey)
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured: (['apiKey', 'baseURL'] as const).filter((name) => options[name] !== undefined || hasOtherKey(name)),
    ...(keys && { keys }),
    async create(context) {
      const { createGoogleProvider } = await import('./google-provider.ts')
      return createGoogleProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}

/** A key under its other name will do; manifests cannot say that one of two variables is enough. */
function hasOtherKey(option: string): boolean {
  return option === 'apiKey' && Boolean(globalThis.process?.env['GOOGLE_API_KEY']?.trim())
}
