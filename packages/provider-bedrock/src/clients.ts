import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'
import { perKey } from '@llmfb/core/provider'
import { createFetchHandler } from './fetch-handler.ts'
import type { SdkRequestHandler } from './http.ts'
import type { AwsCredentials } from './options.ts'
import { createSha256 } from './sha256.ts'

/** Where requests go and what they are signed with, apart from an API key. */
export interface ClientSettings {
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  readonly profile?: string | undefined
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>) | undefined
}

/**
 * Makes the SDK's client for an API key, or for credentials where there is none, and keeps some. They share their
 * connections.
 */
export function createClients(
  fetch: typeof globalThis.fetch,
  settings: ClientSettings,
): (apiKey: string | undefined) => BedrockRuntimeClient {
  // The SDK's own handler speaks HTTP/2 only, which proxies and VPC endpoints need not; its other one costs half a call.
  const handler = createFetchHandler(fetch) as unknown as SdkRequestHandler
  return perKey((apiKey) => createClient(apiKey, settings, handler))
}

function createClient(
  apiKey: string | undefined,
  { region, endpoint, profile, credentials }: ClientSettings,
  requestHandler: SdkRequestHandler,
): BedrockRuntimeClient {
  const config: BedrockRuntimeClientConfig = {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(profile !== undefined && { profile }),
    // Named, so that a key of the environment does not take the place of what was given in code.
    authSchemePreference: [apiKey === undefined ? 'sigv4' : 'httpBearerAuth'],
    ...(apiKey !== undefined && { token: { token: apiKey } }),
    ...(credentials && { credentials }),
    logger: silent,
    sha256: createSha256(),
    requestHandler,
  }
  const client = new BedrockRuntimeClient(config)
  // Nothing is logged or tried again by the SDK, whose readiness for both costs a tenth of a call. Other steps look for the
  // place of the second.
  client.middlewareStack.remove('loggerMiddleware')
  const retries = { step: 'finalizeRequest', priority: 'high', name: 'retryMiddleware', override: true } as const
  client.middlewareStack.add((next) => next, retries)
  return client
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
