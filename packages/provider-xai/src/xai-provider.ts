import { capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { dialect } from './dialect.ts'
import { manifest } from './manifest.ts'
import type { XAIOptions } from './options.ts'

const defaultBaseURL = 'https://api.x.ai/v1'

export function createXAIProvider(options: XAIOptions, context: ProviderContext): DisposableProvider {
  const apiKey = options.apiKey ?? context.credentials['XAI_API_KEY']
  return createOpenAICompatibleProvider({
    ...options,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    baseURL: options.baseURL ?? context.credentials['XAI_BASE_URL'] ?? defaultBaseURL,
    capabilities: (model) => capabilitiesOf(manifest, model),
    dialect,
    models: true,
  })
}
