import { InvalidConfigError, pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { apiNames } from '@llmfb/openai-compatible/models'
import { manifest } from './manifest.ts'
import type { AzureOpenAIOptions } from './options.ts'

/**
 * Azure OpenAI's Chat Completions and Responses APIs as a provider. Without options the key comes from
 * `AZURE_OPENAI_API_KEY` and the address from `AZURE_OPENAI_ENDPOINT`; nothing else is taken from the environment. The
 * vendor's SDK is loaded when the provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` of no kind, an `api` of another name, or when both a key and an Entra token are
 *   given
 */
export function azureOpenAI(options: AzureOpenAIOptions = {}): ProviderPlugin {
  const { api, apiKey, baseURL, entraToken, id } = options
  if (apiKey !== undefined && entraToken !== undefined) {
    throw new InvalidConfigError([{ path: 'azureOpenAI', problem: 'takes `apiKey` or `entraToken`, not both' }])
  }
  if (api !== undefined && api !== 'deployments' && !apiNames.includes(api)) {
    const problem = `is none of ${apiNames.join(', ')}, deployments`
    throw new InvalidConfigError([{ path: 'azureOpenAI.api', problem }])
  }
  const keys = pooledKeys(apiKey)
  return {
    specificationVersion: 1,
    manifest: id === undefined ? manifest : { ...manifest, id },
    configured: [
      // A token stands in for the key.
      ...(apiKey === undefined && entraToken === undefined ? [] : ['apiKey']),
      ...(baseURL === undefined ? [] : ['baseURL']),
    ],
    ...(keys && { keys }),
    async create(context) {
      const { createAzureOpenAIProvider } = await import('./azure-openai-provider.ts')
      return createAzureOpenAIProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
    },
  }
}
