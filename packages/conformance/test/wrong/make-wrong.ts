import type {
  CallOptions,
  ChatRequest,
  ChatResponse,
  FailureDetails,
  Manifest,
  Provider,
  ProviderPlugin,
  StreamEvent,
} from '@llmfb/core/provider'
import { collectStream, isProviderError, ProviderError } from '@llmfb/core/provider'
import { chatCompletions } from '@llmfb/conformance'
import type { ServiceOptions, Subject } from '../../src/suite/bench.ts'
import { acme } from '../acme/acme.ts'

/** What a wrong provider makes of a good one. */
export type Wrong = (good: Provider, options: ServiceOptions, log: (text: string) => void) => Partial<Provider>

/** What is wrong besides what is done with a provider: its manifest, and how it reads what arrives. */
export interface Besides {
  readonly manifest?: Partial<Manifest>
  readonly fetch?: typeof globalThis.fetch
  readonly plugin?: Partial<{ [Name in keyof ProviderPlugin]: ProviderPlugin[Name] | undefined }>
  /** What it makes of its options. */
  readonly options?: (options: ServiceOptions) => ServiceOptions
}

export type Row = readonly [id: string, wrong: Wrong, besides?: Besides]

export function subjectOf(wrong: Wrong, besides: Besides = {}): Subject {
  const { manifest = {}, fetch, plugin: other, options: taken = (options) => options } = besides
  return {
    create(options) {
      const plugin = acme({ ...taken(options), ...(fetch && { fetch }) })
      return {
        ...plugin,
        ...(other as Partial<ProviderPlugin>),
        manifest: { ...plugin.manifest, ...manifest },
        async create(context) {
          const good = await plugin.create(context)
          return { ...good, ...wrong(good, options, (text) => context.logger.info(text)) }
        },
      } satisfies ProviderPlugin
    },
    server: chatCompletions({ reasoningField: 'reasoning_content' }),
    models: ['acme-large', 'acme-mini-2'],
  }
}

export type Chat = (request: ChatRequest, options?: CallOptions) => Promise<ChatResponse>

/** Replaces both ways of asking, by what is done to the whole answer or to the call. */
export function both(good: Provider, change: (call: Chat) => Chat): Partial<Provider> {
  const streamed = change((request, options) => collectStream(good.stream(request, options)))
  return {
    chat: change((request, options) => good.chat(request, options)),
    async *stream(request, options) {
      yield* replay(await streamed(request, options))
    },
  }
}

export function* replay({ content, text: _, ...rest }: ChatResponse): Generator<StreamEvent, void, undefined> {
  let index = 0
  for (const part of content) {
    if (part.type === 'text') yield { type: 'text-delta', text: part.text }
    else if (part.type === 'reasoning') yield { type: 'reasoning-delta', text: part.text }
    else if (part.type === 'tool-call') yield { ...part, index: index++ }
  }
  yield { type: 'finish', ...rest }
}

/** Changes what a call fails with. */
export function failing(change: (error: ProviderError, options: CallOptions | undefined) => unknown): Wrong {
  return (good) =>
    both(good, (call) => async (request, options) => {
      try {
        return await call(request, options)
      } catch (error) {
        throw isProviderError(error) ? change(error, options) : error
      }
    })
}

export function answering(change: (response: ChatResponse) => ChatResponse): Wrong {
  return (good) => both(good, (call) => async (request, options) => change(await call(request, options)))
}

export function asking(
  change: (request: ChatRequest, options?: CallOptions) => [ChatRequest, CallOptions | undefined],
): Wrong {
  return (good) => ({
    chat: (request, options) => good.chat(...change(request, options)),
    stream: (request, options) => good.stream(...change(request, options)),
  })
}

export const detailsOf = (error: ProviderError): FailureDetails =>
  Object.fromEntries(Object.entries(error)) as unknown as FailureDetails
export const remade = (error: ProviderError, change: object): ProviderError =>
  new ProviderError(error.message, { ...detailsOf(error), ...change })

export const nothing: ChatResponse = {
  text: '',
  content: [],
  finishReason: { unified: 'stop', raw: 'stop' },
  warnings: [],
  model: 'served-model',
  provider: 'acme',
}

export function withoutContent({
  text: _1,
  content: _2,
  ...rest
}: ChatResponse): Omit<ChatResponse, 'text' | 'content'> {
  return rest
}

export function listing(good: Provider): NonNullable<Provider['models']> {
  return {
    // It asks in the only way that it has, and finds nothing.
    list: async () => {
      await good.chat({ model: 'm', messages: [{ role: 'user', content: 'list' }] }).catch(() => {})
      return []
    },
  }
}
