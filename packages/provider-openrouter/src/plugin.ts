import type { ProviderPlugin } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'
import type { OpenRouterOptions } from './options.ts'

/**
 * OpenRouter as a provider. Without options the key comes from `OPENROUTER_API_KEY` and the address from
 * `OPENROUTER_BASE_URL`; nothing else is taken from the environment. The SDK is loaded when the provider is first used.
 */
export function openrouter(options: OpenRouterOptions = {}): ProviderPlugin {
  return {
    specificationVersion: 1,
    manifest: options.id === undefined ? manifest : { ...manifest, id: options.id },
    configured: (['apiKey', 'baseURL'] as const).filter((name) => options[name] !== undefined),
    async create(context) {
      const { createOpenRouterProvider } = await import('./openrouter-provider.ts')
      return createOpenRouterProvider(options, context)
    },
  }
}
