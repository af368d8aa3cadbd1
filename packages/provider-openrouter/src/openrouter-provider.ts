import { capabilitiesOf, type HealthFacet, type ProviderContext } from '@llmfb/core/provider'
import { type AskService, createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { dialect } from './dialect.ts'
import { manifest } from './manifest.ts'
import type { OpenRouterOptions } from './options.ts'

/** Asks for what is known of the key: the list of models wants none, and so would not find out a wrong one. */
function createHealth(ask: AskService): HealthFacet {
  return {
    cost: 'free',
    async probe(call) {
      await ask({ path: '/key' }, call)
    },
  }
}

const defaultBaseURL = 'https://openrouter.ai/api/v1'

export function createOpenRouterProvider(options: OpenRouterOptions, context: ProviderContext): DisposableProvider {
  const { headers, routing, siteName, siteUrl, ...shared } = options
  const apiKey = options.apiKey ?? context.credentials['OPENROUTER_API_KEY']
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    keyVariable: 'OPENROUTER_API_KEY',
    // A variable that is empty is not set.
    baseURL: (options.baseURL ?? context.credentials['OPENROUTER_BASE_URL'])?.trim() || defaultBaseURL,
    headers: {
      ...(siteUrl === undefined ? {} : { 'http-referer': siteUrl }),
      ...(siteName === undefined ? {} : { 'x-title': siteName }),
      ...headers,
    },
    capabilities: (model) => capabilitiesOf(manifest, model),
    dialect: { ...dialect, ...(routing && { body: { provider: routing } }) },
    embeddings: 'float',
    models: true,
    facets: (ask) => ({ health: createHealth(ask) }),
  })
}
