import { type Capabilities, capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { apiOf, chooseApi, underApi } from './choose-api.ts'
import { dialect } from './dialect.ts'
import { createKeyProbe } from './key-probe.ts'
import { manifest } from './manifest.ts'
import type { XAIOptions } from './options.ts'

const defaultBaseURL = 'https://api.x.ai/v1'

export function createXAIProvider(options: XAIOptions, context: ProviderContext): DisposableProvider {
  const { api, ...shared } = options
  const id = options.id ?? context.id
  const apiKey = options.apiKey ?? context.credentials['XAI_API_KEY']
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    keyVariable: 'XAI_API_KEY',
    // A variable that is empty is not set.
    baseURL: (options.baseURL ?? context.credentials['XAI_BASE_URL'])?.trim() || defaultBaseURL,
    capabilities: (model) => capabilitiesFor(model, options),
    dialect,
    api: (request) => api ?? chooseApi(request, id),
    models: true,
    facets: (ask) => ({ health: createKeyProbe(ask, id) }),
  })
}

/** The manifest says what a model can do under the API that is its own. */
function capabilitiesFor(model: string, { api }: XAIOptions): Capabilities {
  const capabilities = capabilitiesOf(manifest, model)
  return api === undefined || api === apiOf(model) ? capabilities : underApi(api, capabilities)
}
