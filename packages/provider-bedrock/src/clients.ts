import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createFetchHandler } from './fetch-handler.ts'
import type { SdkRequestHandler } from './http.ts'
import type { AwsCredentials, BedrockOptions } from './options.ts'

/** Longest wait for the headers of an answer: 10 minutes, as with all providers. */
const defaultTimeoutMs = 600_000
/** Longest wait for a connection. */
const connectionTimeoutMs = 10_000
/** Connections to one address. The SDK's 50 would make the calls of a busy gateway wait for each other. */
const mostSockets = 1024

/** Where requests go and what they are signed with, apart from an API key. */
export interface ClientSettings {
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  readonly profile?: string | undefined
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>) | undefined
}

/** Most keys whose clients are kept; the one that was made first goes first. */
const mostClients = 16

/**
 * Makes the SDK's client for an API key, or for credentials where there is none, and keeps some. They share their
 * connections.
 */
export function createClients(
  options: BedrockOptions,
  settings: ClientSettings,
): (apiKey: string | undefined) => BedrockRuntimeClient {
  let handler: SdkRequestHandler | undefined
  const clients = new Map<string | undefined, BedrockRuntimeClient>()
  return (apiKey) => {
    const known = clients.get(apiKey)
    if (known) return known
    handler ??= createHandler(options)
    const client = createClient(apiKey, settings, handler)
    clients.set(apiKey, client)
    if (clients.size > mostClients) clients.delete(clients.keys().next().value)
    return client
  }
}

/** The SDK's own handler speaks HTTP/2 only, which proxies and VPC endpoints need not. */
function createHandler({ fetch, timeoutMs = defaultTimeoutMs }: BedrockOptions): SdkRequestHandler {
  if (fetch) return createFetchHandler(fetch) as unknown as SdkRequestHandler
  const agent = { keepAlive: true, maxSockets: mostSockets }
  return new NodeHttpHandler({
    connectionTimeout: Math.min(connectionTimeoutMs, timeoutMs),
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
    logger: silent,
  })
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
    maxAttempts: 1,
    logger: silent,
    requestHandler,
  }
  return new BedrockRuntimeClient(config)
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
