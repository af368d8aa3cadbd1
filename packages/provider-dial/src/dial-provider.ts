import { capabilitiesOf, InvalidConfigError, type ProviderContext } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type DisposableProvider } from '@llmfb/openai-compatible'
import { toDialect } from './dialect.ts'
import { manifest } from './manifest.ts'
import type { DialOptions } from './options.ts'

export function createDialProvider(options: DialOptions, context: ProviderContext): DisposableProvider {
  const { apiVersion: _version, baseURL, token, ...shared } = options
  const apiKey = token ?? options.apiKey ?? context.credentials['DIAL_API_KEY']
  const host = baseURL ?? context.credentials['DIAL_API_HOST']
  if (host === undefined) {
    const problem = 'is needed, or DIAL_API_HOST: everyone has a DIAL of their own'
    throw new InvalidConfigError([{ path: 'dial.baseURL', problem }])
  }
  return createOpenAICompatibleProvider({
    ...shared,
    context,
    ...(apiKey === undefined ? {} : { apiKey }),
    baseURL: `${host.replace(/\/+$/, '').replace(/\/openai$/, '')}/openai`,
    capabilities: (model) => capabilitiesOf(manifest, model),
    dialect: toDialect(options),
    models: true,
  })
}
