import {
  type ApiKey,
  type CallOptions,
  type Capabilities,
  capabilitiesOf,
  type ChatRequest,
  InvalidConfigError,
  type Provider,
  type ProviderContext,
  ProviderError,
  type StreamEvent,
} from '@llmfb/core/provider'
import {
  type AskService,
  createOpenAICompatibleProvider,
  createServiceCalls,
  type DisposableProvider,
  readBaseUrl,
  type ServiceAddress,
} from '@llmfb/openai-compatible'
import { createPool } from '@llmfb/transport'
import { dialect } from './dialect.ts'
import { createFacets } from './facets.ts'
import { learnCapabilities } from './learn.ts'
import { manifest } from './manifest.ts'
import { nameTool } from './name-tool.ts'
import type { LlamaCppOptions } from './options.ts'
import { createManagedServer } from './server/managed-server.ts'
import { createStartKeyReader } from './server/start-key.ts'
import { probeHealth, waitForHealth } from './wait-for-health.ts'

/** A provider that holds connections, and a server where it started one. */
export interface LlamaCppProvider extends DisposableProvider {
  /** Stops the server that was started, if any, and resolves when it is gone. */
  stop(): Promise<void>
}

/** What a server is asked with. */
interface Connection {
  readonly chat: Provider
  readonly ask: AskService
}

/** As long as a router waits for a model that loads. */
const defaultWarmUpTimeoutMs = 300_000

/** Most models whose own description is kept; the longest known goes first. */
const mostLearned = 100

/** The provider behind `llamacpp()`; importing this file loads the SDK. @throws InvalidConfigError */
export function createLlamaCppProvider(options: LlamaCppOptions, context: ProviderContext): LlamaCppProvider {
  const {
    apiKey: given,
    baseURL: _address,
    server: serverOptions,
    warmUpTimeoutMs = defaultWarmUpTimeoutMs,
    ...shared
  } = options
  const id = options.id ?? context.id
  const apiKey = given ?? context.credentials['LLAMA_API_KEY']
  const pool = options.fetch ? undefined : createPool()
  const fetch = options.fetch ?? pool?.fetch ?? globalThis.fetch
  /** What servers said of their models; of all models behind '', where the server is one of ours. */
  const learned = new Map<string, Partial<Capabilities>>()

  function capabilities(model: string): Capabilities {
    return { ...capabilitiesOf(manifest, model), ...learned.get(''), ...learned.get(model) }
  }

  function connectTo(
    address: string,
    key: ApiKey | undefined,
    ofAddress: Readonly<Record<string, string>> = {},
  ): Connection {
    const headers = { ...ofAddress, ...shared.headers }
    const common = { ...shared, context, fetch, headers, dialect, ...(key !== undefined && { apiKey: key }) }
    const chat = createOpenAICompatibleProvider({ ...common, baseURL: `${address}/v1`, capabilities })
    return { chat, ask: createServiceCalls({ ...common, baseURL: address }) }
  }

  async function learn(ask: AskService, model: string, callOptions: CallOptions): Promise<void> {
    try {
      const found = await learnCapabilities(ask, model, callOptions)
      learned.delete(model)
      learned.set(model, found)
      const [oldest] = learned.keys()
      if (learned.size > mostLearned && oldest !== undefined) learned.delete(oldest)
    } catch {
      // The model is loaded, which was the task; a server started with `--no-props` and the like does not describe it.
      if (callOptions.signal?.aborted) throw callOptions.signal.reason
    }
  }

  const server =
    serverOptions &&
    createManagedServer({
      id,
      server: serverOptions,
      readKey: createStartKeyReader(apiKey, id),
      clock: context.clock,
      logger: context.logger,
      connectTo,
      onLoaded: (ask, signal) => learn(ask, '', { signal }),
    })
  const address = server ? undefined : readAddress(options, context)
  const fixed = address && connectTo(address.url, apiKey, address.headers)
  let isDisposed = false

  async function connect({ signal }: CallOptions): Promise<Connection> {
    if (!server) return fixed as Connection
    if (isDisposed) throw new ProviderError('The provider was disposed of', { kind: 'unknown', provider: id })
    return server.connect(signal)
  }

  async function* startAndStream(request: ChatRequest, call: CallOptions): AsyncGenerator<StreamEvent> {
    const { chat } = await connect(call)
    yield* chat.stream(nameTool(request, id), call)
  }

  return {
    specificationVersion: 1,
    id,
    capabilities,
    async chat(request, call = {}) {
      const { chat } = await connect(call)
      return chat.chat(nameTool(request, id), call)
    },
    // A named tool may be refused, which a stream tells when it is read.
    stream(request, call = {}) {
      if (fixed && typeof request.toolChoice !== 'object') return fixed.chat.stream(request, call)
      return startAndStream(request, call)
    },
    ...createFacets(
      id,
      async (call) => (await connect(call)).ask,
      (model) => ({ provider: id, name: manifest.name, dialect, capabilities: capabilities(model) }),
    ),
    health: {
      cost: 'free',
      probe: async (call = {}) => probeHealth((await connect(call)).ask, call),
    },
    warmUp: {
      async warmUp(model, call = {}) {
        const { ask } = await connect(call)
        const { clock = context.clock, key, signal } = call
        const toTimeout = (): Error =>
          new ProviderError(`${manifest.name} has not loaded its model within ${warmUpTimeoutMs} ms`, {
            kind: 'warming',
            provider: id,
            model,
          })
        signal?.throwIfAborted()
        const named = { ...(signal && { signal }), ...(key !== undefined && { key }) }
        await waitForHealth(ask, { clock, model, timeoutMs: warmUpTimeoutMs, toTimeout, ...named })
        await learn(ask, model, call)
      },
    },
    stop: async () => server?.stop(),
    async dispose() {
      isDisposed = true
      await server?.stop()
      await pool?.dispose()
    },
  }
}

/** Where the server is, also where the address of its `/v1` was given. */
function readAddress({ baseURL }: LlamaCppOptions, { credentials }: ProviderContext): ServiceAddress {
  const given = baseURL ?? credentials['LLAMA_SERVER_URL']
  const source = { option: 'llamacpp.baseURL', variable: 'LLAMA_SERVER_URL', ending: /\/v1$/ }
  if (given !== undefined) return readBaseUrl(given, source)
  const problem = 'is needed, or LLAMA_SERVER_URL, or the option `server`: llama-server has had several default ports'
  throw new InvalidConfigError([{ path: source.option, problem }])
}
