import type {
  BedrockRuntimeClient,
  BedrockRuntimeClientResolvedConfig,
  ConverseStreamCommand,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-bedrock-runtime'
import { createKeyPool, createKeyReader, createKeyRedactor } from '@llmfb/core/provider'
import type { CallOptions, ProviderContext } from '@llmfb/core/provider'
import { createPool, secretsOfHeaders } from '@llmfb/transport'
import { createClients } from './clients.ts'
import { toEndpoint } from './endpoint.ts'
import { openExchange, type Exchange } from './exchange.ts'
import { takeAnswer, type SentCommand } from './take-answer.ts'
import type { BedrockOptions } from './options.ts'
import { createAwsRedactor, secretsOfEndpoint } from './secrets.ts'

/** Calls to the service through the vendor's SDK, with the key or the signature they need. */
export interface Calls {
  /** Runs `work`, and makes of what it throws what the contract wants. */
  run<T>(call: CallOptions, model: string | undefined, work: (exchange: Exchange) => Promise<T>): Promise<T>
  open(call: CallOptions, model: string | undefined): Exchange
  /** Resolves when the answer is there. */
  send<Output extends ServiceOutputTypes>(exchange: Exchange, command: Sendable<Output>): Promise<Output>
  /** Resolves when the headers of a 2xx are there, whose body is a stream. */
  sendForStream(exchange: Exchange, command: ConverseStreamCommand): Promise<BodyStream>
  /** Closes the connections that are its own. */
  dispose(): Promise<void>
}

/** A stream that has begun. */
export interface BodyStream {
  readonly pieces: AsyncIterator<Uint8Array>
  readonly requestId: string | undefined
}

/** A command of the SDK whose answer is `Output`. */
export type Sendable<Output extends ServiceOutputTypes> = SentCommand & {
  readonly input: ServiceInputTypes
  resolveMiddleware(
    stack: BedrockRuntimeClient['middlewareStack'],
    configuration: BedrockRuntimeClientResolvedConfig,
    options: unknown,
  ): (input: never) => Promise<{ output: Output }>
}

/** Longest wait for the headers of an answer: 10 minutes, as with all providers. */
const defaultTimeoutMs = 600_000

export function createCalls(options: BedrockOptions, { id, credentials: env, clock }: ProviderContext): Calls {
  const endpoint = toEndpoint(options.baseURL ?? env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME)
  const ownCredentials = options.credentials ?? (options.profile === undefined ? credentialsOf(env) : undefined)
  // What is given in code goes before what the environment has, of whichever kind it is.
  const signs = options.apiKey === undefined && (options.credentials ?? options.profile) !== undefined
  const apiKey = signs ? undefined : (options.apiKey ?? valueOf(env.AWS_BEARER_TOKEN_BEDROCK))
  const keys = createKeyPool(apiKey)
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const region = options.region ?? valueOf(env.AWS_REGION)
  const pool = options.fetch ? undefined : createPool()
  const clientFor = createClients(options.fetch ?? pool?.fetch ?? globalThis.fetch, {
    region,
    endpoint: endpoint?.href,
    profile: options.profile ?? valueOf(env.AWS_PROFILE),
    credentials: ownCredentials,
  })
  const secrets = [...secretsOfHeaders(options.headers ?? {}), ...secretsOfEndpoint(endpoint)]

  const redactKeys = createKeyRedactor(keys, (known) => createAwsRedactor([...known, ...secrets]))
  const readPooled = createKeyReader(keys, redactKeys, 'AWS_BEARER_TOKEN_BEDROCK')

  async function readKey(exchange: Exchange): Promise<string | undefined> {
    if (apiKey !== undefined) return await readPooled(exchange)
    exchange.useRedact(redactKeys())
    return undefined
  }

  /** Credentials are resolved before the call, where their absence is told apart, and what to redact gets known. */
  async function readCredentials(exchange: Exchange, client: BedrockRuntimeClient): Promise<void> {
    try {
      const found = await exchange.wait(client.config.credentials())
      const own = [found.secretAccessKey, found.sessionToken ?? '', found.accessKeyId]
      exchange.useRedact(createAwsRedactor([...own, ...secrets]))
    } catch (error) {
      throw exchange.signal.aborted ? error : exchange.fail('authentication', 'there are no AWS credentials', error)
    }
  }

  /** The client for one call, once there is all that it needs. */
  async function clientOf(exchange: Exchange): Promise<BedrockRuntimeClient> {
    const key = await readKey(exchange)
    const client = clientFor(key)
    try {
      await exchange.wait(client.config.region())
    } catch (error) {
      throw exchange.signal.aborted ? error : exchange.fail('authentication', 'there is no region; set AWS_REGION')
    }
    if (key === undefined) await readCredentials(exchange, client)
    return client
  }

  const calls: Calls = {
    open(call, model) {
      const own = { provider: id, clock: call.clock ?? clock, options: call, ...(model !== undefined && { model }) }
      return openExchange(own, call.signal)
    },

    async run(call, model, work) {
      const exchange = calls.open(call, model)
      try {
        return await work(exchange)
      } catch (error) {
        const thrown = exchange.toError(error)
        exchange.abort()
        throw thrown
      } finally {
        exchange.close()
      }
    },

    async send(exchange, command) {
      const client = await clientOf(exchange)
      takeAnswer(command, exchange, options.headers)
      exchange.awaitAnswer(timeoutMs)
      return await exchange.wait(client.send(command as never, { abortSignal: exchange.signal }))
    },

    async sendForStream(exchange, command) {
      const client = await clientOf(exchange)
      let pieces: AsyncIterator<Uint8Array> | undefined
      takeAnswer(command, exchange, options.headers, (taken) => {
        pieces = taken
      })
      exchange.awaitAnswer(timeoutMs)
      const { $metadata } = await exchange.wait(client.send(command, { abortSignal: exchange.signal }))
      if (!pieces) throw exchange.failAnswer('the answer is no event stream')
      return { pieces, requestId: $metadata.requestId }
    },

    async dispose() {
      await pool?.dispose()
    },
  }
  return calls
}

function credentialsOf(env: ProviderContext['credentials']): BedrockOptions['credentials'] {
  const accessKeyId = valueOf(env.AWS_ACCESS_KEY_ID)
  const secretAccessKey = valueOf(env.AWS_SECRET_ACCESS_KEY)
  const sessionToken = valueOf(env.AWS_SESSION_TOKEN)
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}

/** A variable that is empty is not set. */
function valueOf(variable: string | undefined): string | undefined {
  return variable?.trim() || undefined
}
