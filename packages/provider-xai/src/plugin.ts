import { InvalidConfigError, pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { apiNames } from '@llmfb/openai-compatible/models'
import { manifest } from './manifest.ts'
import type { XAIOptions } from './options.ts'

/**
 * xAI's Responses and Chat Completions APIs as a provider. Without options the key comes from `XAI_API_KEY` and the
 * address from `XAI_BASE_URL`; nothing else is taken from the environment. The SDK is loaded when the provider is first
 * used.
 *
 * @throws InvalidConfigError for an `apiKey` that is neither a key, a list of keys, a function, nor a pool, and for an `api`
 *   of another name
 */
export function xai(options: XAIOptions = {}): ProviderPlugin {
  const { api } = options
  if (api !== undefined && !apiNames.includes(api)) {
    throw new InvalidConfigError([{ path: 'xai.api', problem: `is none of ${apiNames.join(', ')}` }])
  }
  const keys = pooledKeys(options.apiKey)
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured: (['apiKey', 'baseURL'] as const).filter((name) => options[name] !== undefined),
    ...(keys && { keys }),
    async create(context) {
      const { createXAIProvider } = await import('./xai-provider.ts')
      return createXAIProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
