import { type Capabilities, capabilitiesOf, InvalidConfigError, type ProviderContext } from '@llmfb/core/provider'
import {
  type ApiName,
  createOpenAICompatibleProvider,
  type DisposableProvider,
  readBaseUrl,
} from '@llmfb/openai-compatible'
import { apiOf, chooseApi, mustNotReason, underApi } from '@llmfb/openai-compatible/models'
import { toDialect } from './dialect.ts'
import { manifest } from './manifest.ts'
import type { AzureOpenAIOptions } from './options.ts'

export function createAzureOpenAIProvider(options: AzureOpenAIOptions, context: ProviderContext): DisposableProvider {
  const { api, apiVersion: _version, baseURL, entraToken, models = {}, ...shared } = options
  const id = options.id ?? context.id
  const apiKey = entraToken ?? options.apiKey ?? context.credentials['AZURE_OPENAI_API_KEY']
  const endpoint = baseURL ?? context.credentials['AZURE_OPENAI_ENDPOINT']
  if (endpoint === undefined) {
    const problem = 'is needed, or AZURE_OPENAI_ENDPOINT: each resource has its own address'
    throw new InvalidConfigError([{ path: 'azureOpenAI.baseURL', problem }])
  }
  const { url, headers } = readBaseUrl(endpoint, {
    option: 'azureOpenAI.baseURL',
    variable: 'AZURE_OPENAI_ENDPOINT',
    // That of one of the resource's APIs may have been given.
    ending: /\/openai(?:\/v1)?$/,
  })
  const chosen = api === 'deployments' ? 'chat-completions' : api
  const modelOf = (deployment: string): string =>
    (Object.hasOwn(models, deployment) ? models[deployment] : deployment) ?? deployment
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    keyVariable: 'AZURE_OPENAI_API_KEY',
    headers: { ...headers, ...options.headers },
    baseURL: `${url}/openai${api === 'deployments' ? '' : '/v1'}`,
    capabilities: (deployment) => capabilitiesFor(modelOf(deployment), chosen),
    dialect: { ...toDialect(options), mustNotReason: (request) => mustNotReason(request, modelOf(request.model)) },
    api: (request) => chosen ?? chooseApi(request, id, modelOf(request.model)),
    embeddings: 'base64',
    models: true,
  })
}

/** The manifest says what a model can do under the API that is its own. */
function capabilitiesFor(model: string, api: ApiName | undefined): Capabilities {
  const capabilities = capabilitiesOf(manifest, model)
  return api === undefined || api === apiOf(model) ? capabilities : underApi(api, capabilities)
}
