import { capabilitiesOf, type ProviderContext } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { manifest } from './manifest.ts'
import type { OpenAIOptions } from './options.ts'

const defaultBaseURL = 'https://api.openai.com/v1'

export function createOpenAIProvider(options: OpenAIOptions, context: ProviderContext): DisposableProvider {
  const { organization, project, headers, ...shared } = options
  const apiKey = options.apiKey ?? context.credentials['OPENAI_API_KEY']
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    baseURL: options.baseURL ?? context.credentials['OPENAI_BASE_URL'] ?? defaultBaseURL,
    headers: {
      ...(organization === undefined ? {} : { 'openai-organization': organization }),
      ...(project === undefined ? {} : { 'openai-project': project }),
      ...headers,
    },
    capabilities: (model) => capabilitiesOf(manifest, model),
    dialect: { name: manifest.name, maxTokensField: 'max_completion_tokens' },
  })
}
