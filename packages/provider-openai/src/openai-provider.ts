import { type Capabilities, capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { apiOf, chooseApi, mustNotReason, underApi } from '@llmfb/openai-compatible/models'
import { manifest } from './manifest.ts'
import type { OpenAIOptions } from './options.ts'

const defaultBaseURL = 'https://api.openai.com/v1'

export function createOpenAIProvider(options: OpenAIOptions, context: ProviderContext): DisposableProvider {
  const { organization, project, headers, api, ...shared } = options
  const id = options.id ?? context.id
  const apiKey = options.apiKey ?? context.credentials['OPENAI_API_KEY']
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    keyVariable: 'OPENAI_API_KEY',
    // A variable that is empty is not set.
    baseURL: (options.baseURL ?? context.credentials['OPENAI_BASE_URL'])?.trim() || defaultBaseURL,
    headers: {
      ...(organization === undefined ? {} : { 'openai-organization': organization }),
      ...(project === undefined ? {} : { 'openai-project': project }),
      ...headers,
    },
    capabilities: (model) => capabilitiesFor(model, options),
    dialect: {
      name: manifest.name,
      maxTokensField: 'max_completion_tokens',
      cacheBreakpoints: 'prompt_cache_breakpoint',
      // Without `store` OpenAI answers 400, "The 'metadata' parameter is only allowed when 'store' is enabled" (seen from
      // April 2025 to April 2026).
      metadataNeedsStore: true,
      mustNotReason,
    },
    api: (request) => api ?? chooseApi(request, id),
    embeddings: 'base64',
    models: true,
    tokens: true,
  })
}

/** The manifest says what a model can do under the API that is its own. */
function capabilitiesFor(model: string, { api }: OpenAIOptions): Capabilities {
  const capabilities = capabilitiesOf(manifest, model)
  return api === undefined || api === apiOf(model) ? capabilities : underApi(api, capabilities)
}
