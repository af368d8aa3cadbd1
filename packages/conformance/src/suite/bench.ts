import type {
  ApiKey,
  CallOptions,
  Capabilities,
  ChatRequest,
  ChatResponse,
  Clock,
  JsonObject,
  Logger,
  Provider,
  ProviderContext,
  ProviderPlugin,
} from '@llmfb/core/provider'
import { collectStream, systemClock } from '@llmfb/core/provider'
import { checkEvents } from '../check-events.ts'
import type { ServiceDescription } from '../description/service-description.ts'
import type { Asked, SpokenAnswer, SpokenFailure, WireDialect } from '../dialect/wire-dialect.ts'
import type { MockService } from '../mock/mock-service.ts'
import { createRelay } from '../mock/relay.ts'
import { startWireServer, type WireServer } from '../wire/wire-server.ts'
import type { WireAnswer } from '../wire/wire-answer.ts'
import { doesNotApply } from './does-not-apply.ts'
import { toWire } from './spoken.ts'

/** What a provider under test is made with: the options that all providers share. */
export interface ServiceOptions {
  /** Where the service is, with the dialect's `basePath`. */
  readonly baseURL: string
  readonly apiKey: ApiKey
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** Only what `testDeafFetch` declares brings one. */
  readonly fetch?: typeof globalThis.fetch
}

/** What `create` gives: a plugin, or what a plugin's `create` would give. */
export type Created = ProviderPlugin | Provider

/** The provider under test. */
export interface Subject {
  readonly create: (options: ServiceOptions, context: ProviderContext) => Created | Promise<Created>
  readonly server?: WireDialect
  readonly models: readonly string[]
  readonly embeddingModel?: string
  /** Settings of its own without which `metadata` is left out. */
  readonly metadataWith?: JsonObject
  /** What requests have to be like. */
  readonly description?: ServiceDescription
  /** Stands in for the wire server. */
  readonly mock?: MockService
}

/** How a request may be made. */
export interface Way {
  readonly name: 'chat' | 'stream'
  readonly call: (provider: Provider, request: ChatRequest, options?: CallOptions) => Promise<ChatResponse>
}

/** What a case works at: a service of its own, and a provider that is connected to it. */
export interface Bench {
  readonly server: WireServer
  /** Ends the case where there is no service behind the provider. */
  readonly words: WireDialect
  readonly hasService: boolean
  readonly provider: Provider
  readonly plugin: ProviderPlugin | undefined
  /** What people call it, for messages: its id and, where there is a manifest, its name. */
  readonly names: readonly string[]
  readonly models: readonly string[]
  readonly model: string
  /** Model that makes vectors. */
  readonly embeddingModel: string
  /** Settings of its own without which `metadata` is left out. */
  readonly metadataWith: JsonObject | undefined
  readonly capabilities: Capabilities
  /** What was logged so far. */
  readonly logged: readonly unknown[]
  readonly clock: Clock
  readonly logger: Logger
  /** `chat`, and `stream` where the model can. */
  readonly ways: readonly Way[]
  /** A provider of the same service with other options. */
  readonly connect: (options?: Partial<ServiceOptions>, context?: Partial<ProviderContext>) => Promise<Provider>
  readonly create: (options?: Partial<ServiceOptions>, context?: Partial<ProviderContext>) => Promise<Created>
  readonly ask: (change?: Partial<ChatRequest>) => ChatRequest
  /** What the last request asks for. */
  readonly asked: () => Asked
  /** Answers all that follow with `spoken`, in the way they ask for it, `change`d. */
  readonly reply: (spoken: SpokenAnswer, change?: (answer: WireAnswer) => WireAnswer) => void
  /** Answers all that follow with `failure`, and with `headers` where the service is the wire server. */
  readonly fail: (failure: SpokenFailure, headers?: Readonly<Record<string, string>>) => void
  /** What is wrong with the requests so far, by the vendor's description. */
  readonly problems: () => readonly string[]
  close(): Promise<void>
}

/** Has the shape of no vendor's key, so that only a redactor that was told of it takes it out. */
export const benchKey = 'planted-credential-7f3a91c25d'

/** A setting of no service. */
export const madeUpSetting = 'a_setting_of_its_own'

/** Where the bench is in time: 2026-11-21T12:00:00Z. */
export const benchTime: number = Date.UTC(2026, 10, 21, 12)

/** The provider under test, connected to a service. */
interface Connected extends Pick<Bench, 'clock' | 'logger' | 'logged' | 'connect' | 'create' | 'plugin' | 'provider'> {}

/** Makes the provider under test for the service at `address`, which has no path. */
export async function connectSubject({ create, server: words }: Subject, address: string): Promise<Connected> {
  const logged: unknown[] = []
  const log = (message: string, fields?: unknown): void => void logged.push([message, fields])
  const logger: Logger = { debug: log, info: log, warn: log, error: log }
  const clock: Clock = {
    now: () => systemClock.now(),
    wallTime: () => benchTime,
    schedule: (delayMs, run) => systemClock.schedule(delayMs, run),
  }
  const standard: ServiceOptions = { baseURL: address + (words?.basePath ?? ''), apiKey: benchKey, headers: {} }
  const contextOf = (id: string, change?: Partial<ProviderContext>): ProviderContext => {
    return { id, credentials: {}, clock, logger, ...change }
  }
  const make: Bench['create'] = async (options, context) =>
    create({ ...standard, ...options }, contextOf('under-test', context))
  const connect: Bench['connect'] = async (options, context) => {
    const created = await make(options, context)
    return 'manifest' in created ? created.create(contextOf(created.manifest.id, context)) : created
  }
  const made = await make()
  const plugin = 'manifest' in made ? made : undefined
  const provider = 'manifest' in made ? await made.create(contextOf(made.manifest.id)) : made
  return { clock, logger, logged, connect, create: make, plugin, provider }
}

export async function openBench(subject: Subject): Promise<Bench> {
  const { server: dialect, models, mock, description } = subject
  const wire = await startWireServer()
  const relay = mock && dialect && createRelay(mock, wire, dialect)
  const { server, words } = relay ?? { server: wire, words: dialect }
  try {
    const connected = await connectSubject(subject, wire.url)
    const { plugin, provider } = connected
    const model = models[0] ?? 'some-model'
    const capabilities = provider.capabilities(model)
    return {
      ...connected,
      server,
      get words() {
        return words ?? doesNotApply('there is no service behind it')
      },
      hasService: words !== undefined,
      names: [provider.id, ...(plugin ? [plugin.manifest.id, plugin.manifest.name] : [])],
      models,
      model,
      embeddingModel: subject.embeddingModel ?? model,
      metadataWith: subject.metadataWith,
      capabilities,
      ways: capabilities.streaming ? [asChat, asStream] : [asChat],
      ask: (change) => ({ model, messages: [{ role: 'user', content: 'Why is the sky blue?' }], ...change }),
      asked() {
        const last = server.requests.at(-1)
        if (!words || !last) throw new Error('nothing was sent')
        return words.readRequest(last)
      },
      reply(spoken, change = (answer) => answer) {
        if (relay) return relay.say(spoken, change)
        const said = words ?? doesNotApply('there is no service behind it')
        server.answer((request) => {
          const asked = said.readRequest(request)
          return change(toWire(said, spoken, asked.type === 'chat' && asked.stream))
        })
      },
      fail(failure, headers) {
        if (relay) return relay.fail(failure)
        const { status, body } = failure
        server.answer({ status, headers: { ...failure.headers, ...headers }, body: body('Something is wrong.') })
      },
      problems: () =>
        description
          ? server.requests.flatMap((request) =>
              description.problemsOf({ ...request, body: withoutMadeUp(request.body) }),
            )
          : [],
      async close() {
        await wire.close()
        await relay?.stop()
      },
    }
  } catch (error) {
    await wire.close()
    throw error
  }
}

const asChat: Way = { name: 'chat', call: (provider, request, options) => provider.chat(request, options) }

const asStream: Way = {
  name: 'stream',
  call: (provider, request, options) => collectStream(checkEvents(provider.stream(request, options))),
}

/** A body without the setting that the suite makes up, to see that settings go out as they are. */
function withoutMadeUp(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutMadeUp)
  if (typeof body !== 'object' || body === null) return body
  const known = Object.entries(body).filter(([name]) => name !== madeUpSetting)
  return Object.fromEntries(known.map(([name, value]) => [name, withoutMadeUp(value)]))
}
