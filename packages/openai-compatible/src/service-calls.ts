import type { CallOptions, ProviderContext, ProviderOptions } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import type { ChatCompletionsDialect } from './dialect.ts'
import { createKeyring } from './keyring.ts'
import { lowerCaseNames } from './lower-case-names.ts'
import { createOpenAIClient } from './openai-client.ts'
import { readText } from '@llmfb/transport'
import { readBaseUrl } from './read-base-url.ts'
import { readRequestId, fail, type FailureContext, toBodyError, toProviderError } from './to-provider-error.ts'
import { isRecord } from './wire.ts'

/** What calls beside those of Chat Completions are made with. */
export interface ServiceCallsOptions extends Omit<ProviderOptions, 'baseURL' | 'fetch'> {
  /** What the provider's plugin was given. */
  readonly context: Pick<ProviderContext, 'id' | 'clock'>
  /** Where the service is, up to what stands before the paths that are asked. */
  readonly baseURL: string
  readonly fetch: typeof globalThis.fetch
  /**
   * Variable of the environment that the key can be in: without a key, or headers in its place, no call goes out.
   *
   * @default calls without a key go out
   */
  readonly keyVariable?: string
  /** How errors are told: `name`, `authentication`, `query` and `classify` count. @default those of OpenAI */
  readonly dialect?: ChatCompletionsDialect
}

/** One question to the service. */
export interface ServiceCall {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON with a POST; without one it is a GET. */
  readonly body?: object
  /** The model that an error is told of. @default none */
  readonly model?: string
}

/** An object that a service answered, and what its failures are told with. */
export interface ServiceAnswer {
  readonly body: Readonly<Record<string, unknown>>
  readonly requestId?: string
  /** Makes the error of an answer that is not what was asked for; throw it. `problem` follows "The answer of … ". */
  readonly malformed: (problem: string) => Error
}

/** Asks a service for what is not an answer of a model. @throws ProviderError */
export type AskService = (call: ServiceCall, options?: CallOptions) => Promise<ServiceAnswer>

/** The SDK's own default. */
const defaultTimeoutMs = 600_000

/** Calls of a service's other endpoints, such as its list of models, with the keys and the errors of the dialect. */
export function createServiceCalls(options: ServiceCallsOptions): AskService {
  const { context, dialect = {} } = options
  const id = options.id ?? context.id
  const name = dialect.name ?? id
  const address = readBaseUrl(options.baseURL, { option: `${id}.baseURL` })
  const headers = lowerCaseNames(address.headers, options.headers ?? {})
  const keys = createKeyring(options.apiKey, { name, headers, dialect, variable: options.keyVariable })
  let client: OpenAI | undefined

  async function readJson(response: Response, failure: FailureContext, signal?: AbortSignal): Promise<unknown> {
    let text: string
    try {
      text = await readText(response, signal)
    } catch (error) {
      throw toBodyError(error, failure)
    }
    try {
      return JSON.parse(text)
    } catch {
      // The parser's own message quotes the answer.
      throw fail('malformed', `The answer of ${name} is not JSON`, failure, { status: response.status })
    }
  }

  return async ({ path, query, body, model = '' }, call = {}) => {
    const { signal, clock = context.clock } = call
    let failure: FailureContext = { provider: id, name, model, dialect, redact: keys.redact(), clock }
    try {
      signal?.throwIfAborted()
      const keyed = await keys.read(call, failure)
      failure = keyed.failure
      client ??= createOpenAIClient({
        baseURL: address.url,
        headers,
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
        fetch: options.fetch,
      })
      const response = await client[body === undefined ? 'get' : 'post'](path, {
        headers: keyed.headers,
        ...(query || dialect.query ? { query: { ...dialect.query, ...query } } : {}),
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      }).asResponse()
      const answered = { ...failure, headers: response.headers }
      const read = await readJson(response, answered, signal)
      const malformed = (problem: string): Error =>
        fail('malformed', `The answer of ${name} ${problem}`, answered, { status: response.status })
      if (!isRecord(read)) throw malformed('is not an object')
      const requestId = readRequestId(response.headers)
      return { body: read, malformed, ...(requestId === undefined ? {} : { requestId }) }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw toProviderError(error, failure)
    }
  }
}
