import type {
  CallOptions,
  Capabilities,
  ChatRequest,
  Provider,
  ProviderContext,
  ProviderOptions,
  StreamEvent,
} from '@llmfb/core/provider'
import { estimatingTokens, parseRateLimits, toStreamEvents } from '@llmfb/core/provider'
import { bodyReaderOf, createPool, readServerSentEvents, readText } from '@llmfb/transport'
import type OpenAI from 'openai'
import type { AnswerContext } from './answer-context.ts'
import { type ApiName, apis } from './apis.ts'
import type { ChatCompletionsDialect } from './dialect.ts'
import { createEmbeddings, createModels, createTokenCounter } from './facets.ts'
import { createKeyring } from './keyring.ts'
import { lazily } from './lazily.ts'
import { lowerCaseNames } from './lower-case-names.ts'
import { createOpenAIClient } from './openai-client.ts'
import type { RequestContext } from './request-context.ts'
import { type AskService, createServiceCalls } from './service-calls.ts'
import { readBaseUrl } from './read-base-url.ts'
import { fail, type FailureContext, toBodyError, toProviderError } from './to-provider-error.ts'
import { toResponsesRequest } from './to-responses-request.ts'

/** What a provider that speaks Chat Completions is made of. */
export interface OpenAICompatibleOptions extends Omit<ProviderOptions, 'baseURL'> {
  /** What the provider's plugin was given. */
  readonly context: Pick<ProviderContext, 'id' | 'clock'>
  /**
   * Where the service is, up to what stands before `/chat/completions`. A user and a password in it go out as
   * `authorization`, in place of a key that would; a query is left out.
   */
  readonly baseURL: string
  /**
   * Variable of the environment that the key can be in: without a key, or headers in its place, no call goes out.
   *
   * @default calls without a key go out
   */
  readonly keyVariable?: string
  /** What a model can do; asked on every call, so it must be cheap. */
  readonly capabilities: (model: string) => Capabilities
  /** Where the service deviates from OpenAI. @default nowhere */
  readonly dialect?: ChatCompletionsDialect
  /** Which API a request goes to. @default Chat Completions */
  readonly api?: (request: ChatRequest) => ApiName
  /** How the service sends vectors, where it makes any (`/embeddings`). @default there is no such facet */
  readonly embeddings?: 'base64' | 'float'
  /** Whether the service lists its models (`/models`), which then is its health probe too. @default false */
  readonly models?: boolean
  /** Facets of its own, made of calls with its keys and connections; they win over those above. @default none */
  readonly facets?: (ask: AskService) => Partial<Facets>
  /** Whether the service counts tokens (`/responses/input_tokens`). @default false: they are estimated */
  readonly tokens?: boolean
}

type Facets = Pick<Provider, 'embeddings' | 'models' | 'tokens' | 'health' | 'warmUp'>

/** A provider that holds connections. */
export interface DisposableProvider extends Provider {
  /** Ends calls under way and closes the connections, unless they are those of a `fetch` that was given. */
  dispose(): Promise<void>
}

/** The SDK's own default. */
const defaultTimeoutMs = 600_000

interface Answer {
  readonly response: Response
  readonly api: ApiName
  readonly context: AnswerContext
}

/** A provider for a service that speaks Chat Completions, through the `openai` SDK. @throws InvalidConfigError */
export function createOpenAICompatibleProvider(options: OpenAICompatibleOptions): DisposableProvider {
  const { context, capabilities, dialect = {} } = options
  const id = options.id ?? context.id
  const name = dialect.name ?? id
  const address = readBaseUrl(options.baseURL, { option: `${id}.baseURL` })
  const headers = lowerCaseNames(address.headers, options.headers ?? {})
  const keys = createKeyring(options.apiKey, { name, headers, dialect, variable: options.keyVariable })
  const pool = options.fetch ? undefined : createPool()
  const fetch = options.fetch ?? pool?.fetch ?? globalThis.fetch
  const ask = createServiceCalls({ ...options, apiKey: keys.pool, fetch })
  const contextFor = (model: string): RequestContext => {
    return { provider: id, name, dialect, capabilities: capabilities(model) }
  }
  let client: OpenAI | undefined

  function connect(): OpenAI {
    client ??= createOpenAIClient({
      baseURL: address.url,
      headers: lowerCaseNames(keys.fixedHeaders ?? {}, headers),
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      fetch,
    })
    return client
  }

  async function send(request: ChatRequest, stream: boolean, call: CallOptions): Promise<Answer> {
    const { signal } = call
    const { model } = request
    const clock = call.clock ?? context.clock
    let failure: FailureContext = { provider: id, name, model, dialect, redact: keys.redact(), clock }
    signal?.throwIfAborted()
    const api = options.api?.(request) ?? 'chat-completions'
    const { body, warnings, headers: callHeaders } = apis[api].toRequest(request, stream, contextFor(model))
    let ownHeaders: Readonly<Record<string, string>> | undefined
    if (keys.fixedHeaders === undefined) {
      const keyed = await keys.read(call, failure)
      failure = keyed.failure
      ownHeaders = keyed.headers
    }
    try {
      const response = await apis[api].create(connect(), body, {
        ...(signal ? { signal } : {}),
        ...(dialect.path && api === 'chat-completions' ? { path: dialect.path(model) } : {}),
        ...(dialect.query ? { query: dialect.query } : {}),
        ...(ownHeaders || callHeaders ? { headers: { ...callHeaders, ...ownHeaders } } : {}),
      })
      const { headers } = response
      const rateLimits = parseRateLimits((header) => headers.get(header), clock.wallTime())
      return { response, api, context: { ...failure, warnings, rateLimits, headers, ...(signal ? { signal } : {}) } }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw toProviderError(error, failure)
    }
  }

  async function open(request: ChatRequest, call: CallOptions): Promise<AsyncIterator<StreamEvent, void, undefined>> {
    const answer = await send(request, true, call)
    const { response, api } = answer
    const isJson = response.headers.get('content-type')?.includes('application/json') === true
    const body = isJson ? undefined : bodyReaderOf(response)
    if (body === undefined) return toStreamEvents(apis[api].readAnswer(await readJson(answer), answer.context))
    return apis[api].readStream(readServerSentEvents(body), answer.context)
  }

  return {
    specificationVersion: 1,
    id,
    capabilities,
    async chat(request, call = {}) {
      const answer = await send(request, false, call)
      return apis[answer.api].readAnswer(await readJson(answer), answer.context)
    },
    stream: (request, call = {}) => lazily(() => open(request, call)),
    ...(options.embeddings && { embeddings: createEmbeddings(id, ask, options.embeddings, dialect.embeddingsPath) }),
    ...(options.models && createModels(ask, dialect.modelPaths)),
    tokens: estimatingTokens(
      options.tokens
        ? createTokenCounter(ask, (request) => toResponsesRequest(request, false, contextFor(request.model)).body)
        : undefined,
    ),
    ...options.facets?.(ask),
    async dispose() {
      await pool?.dispose()
    },
  }
}

async function readJson({ response, context }: Answer): Promise<unknown> {
  let text: string
  try {
    text = await readText(response, context.signal)
  } catch (error) {
    if (context.signal?.aborted) throw context.signal.reason
    throw toBodyError(error, context)
  }
  context.signal?.throwIfAborted()
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the answer.
    throw fail('malformed', `The answer of ${context.name} is not JSON`, context, { status: response.status })
  }
}
