import { capabilitiesOf, InvalidConfigError, type ProviderContext } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { toDialect } from './dialect.ts'
import { manifest } from './manifest.ts'
import type { AzureOpenAIOptions } from './options.ts'

export function createAzureOpenAIProvider(options: AzureOpenAIOptions, context: ProviderContext): DisposableProvider {
  const { api = 'v1', apiVersion: _version, baseURL, entraToken, models = {}, ...shared } = options
  const apiKey = entraToken ?? options.apiKey ?? context.credentials['AZURE_OPENAI_API_KEY']
  const endpoint = baseURL ?? context.credentials['AZURE_OPENAI_ENDPOINT']
  if (endpoint === undefined) {
    const problem = 'is needed, or AZURE_OPENAI_ENDPOINT: each resource has its own address'
    throw new InvalidConfigError([{ path: 'azureOpenAI.baseURL', problem }])
  }
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    baseURL: `${toResource(endpoint)}/openai${api === 'v1' ? '/v1' : ''}`,
    capabilities: (model) => capabilitiesOf(manifest, (Object.hasOwn(models, model) ? models[model] : model) ?? model),
    dialect: toDialect(options),
    // Where deployments have addresses of their own, so have their vectors.
    ...(api === 'v1' && { embeddings: 'base64' as const }),
  })
}

/** The address of the resource, also where that of one of its APIs was given. */
function toResource(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/openai(?:\/v1)?$/, '')
}
