import {
  type Capabilities,
  capabilitiesOf,
  type ChatRequest,
  estimatingTokens,
  InvalidConfigError,
  type ProviderContext,
} from '@llmfb/core/provider'
import {
  createOpenAICompatibleProvider,
  type DisposableProvider,
  readBaseUrl,
  toChatCompletionsRequest,
} from '@llmfb/openai-compatible'
import { toDialect } from './dialect.ts'
import { createTokenCounter } from './facets.ts'
import { manifest } from './manifest.ts'
import type { DialOptions } from './options.ts'

export function createDialProvider(options: DialOptions, context: ProviderContext): DisposableProvider {
  const { apiVersion: _version, baseURL, token, ...shared } = options
  const provider = options.id ?? context.id
  const apiKey = token ?? options.apiKey ?? context.credentials['DIAL_API_KEY']
  const address = baseURL ?? context.credentials['DIAL_API_HOST']
  if (address === undefined) {
    const problem = 'is needed, or DIAL_API_HOST: everyone has a DIAL of their own'
    throw new InvalidConfigError([{ path: 'dial.baseURL', problem }])
  }
  const { url: host, headers } = readBaseUrl(address, {
    option: 'dial.baseURL',
    variable: 'DIAL_API_HOST',
    ending: /\/openai$/,
  })
  const dialect = toDialect(options, host)
  const capabilities = (model: string): Capabilities => capabilitiesOf(manifest, model)
  const toBody = (request: ChatRequest): object => {
    const asked = { provider, name: manifest.name, dialect, capabilities: capabilities(request.model) }
    return toChatCompletionsRequest(request, false, asked).body
  }
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    keyVariable: 'DIAL_API_KEY',
    baseURL: host,
    headers: { ...headers, ...options.headers },
    capabilities,
    dialect,
    // Adapters of embeddings differ in what they encode.
    embeddings: 'float',
    models: true,
    facets: (ask) => ({ tokens: estimatingTokens(createTokenCounter(ask, toBody)) }),
  })
}
