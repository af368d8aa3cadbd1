import Anthropic from '@anthropic-ai/sdk'
import { perKey, type ProviderOptions } from '@llmfb/core/provider'
import type { BaseUrl } from '@llmfb/transport'
import { createObedientFetch } from './obedient-fetch.ts'

/** Longest wait for the headers of an answer: 10 minutes, the SDK's own default. */
const defaultTimeoutMs = 600_000

type ClientOptions = ProviderOptions & Required<Pick<ProviderOptions, 'fetch'>>

/**
 * Makes the SDK's client for a key, and keeps some. Everything that the SDK would otherwise take from the environment or
 * from profile files on disk is given or ruled out here: a key in code is the only credential it knows.
 */
export function createClients(options: ClientOptions, baseUrl: BaseUrl): (apiKey: string) => Anthropic {
  return perKey((apiKey) => createClient(apiKey, options, baseUrl))
}

function createClient(apiKey: string, options: ClientOptions, { url, authorization }: BaseUrl): Anthropic {
  const client = new Anthropic({
    apiKey,
    webhookKey: null,
    baseURL: url,
    fetch: createObedientFetch(options.fetch),
    timeout: options.timeoutMs ?? defaultTimeoutMs,
    maxRetries: 0,
    openTelemetry: false,
    logLevel: 'off',
  })
  // The constructor merges the headers of ANTHROPIC_CUSTOM_HEADERS into those it is given and offers no way to refuse
  // them, so that ours are set once it is done.
  const internals = client as unknown as { readonly _options: { defaultHeaders: Readonly<Record<string, string>> } }
  internals._options.defaultHeaders = {
    // The address's credentials are for what stands before the service, which takes its key here as well.
    ...(authorization !== undefined && { authorization, 'x-api-key': apiKey }),
    ...lowerCaseNames(options.headers),
  }
  return client
}

/** So that a header of the caller's replaces ours, however it is written. */
function lowerCaseNames(headers: ProviderOptions['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
