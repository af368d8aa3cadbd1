import type { ChatResponse, Provider } from '@llmfb/core/provider'
import { isProviderError, ProviderError } from '@llmfb/core/provider'
import { benchKey } from '../../src/suite/bench.ts'
import {
  answering,
  asking,
  both,
  detailsOf,
  failing,
  listing,
  nothing,
  remade,
  replay,
  type Row,
  withoutContent,
} from './make-wrong.ts'

/** Deliberately wrong providers, and the case that has to notice each. */
export const inItsWays: Readonly<Record<string, Row>> = {
  'has a capability of no kind': ['contract.provider', () => ({ capabilities: () => ({}) as never })],
  'has a manifest that is no data': [
    'contract.manifest',
    () => ({}),
    { manifest: { documentationUrl: new URL('https://x.test') as never } },
  ],
  'forgets the id it is registered under': [
    'contract.renamed',
    failing((error) => remade(error, { provider: 'acme' })),
  ],
  'asks before it is read': [
    'contract.lazy',
    (good) => ({
      stream(request, options) {
        const answer = good.chat(request, options)
        answer.catch(() => {})
        return (async function* () {
          yield* replay(await answer)
        })()
      },
    }),
  ],
  'changes the request': [
    'contract.request-untouched',
    asking((request, options) => {
      ;(request as { model: string }).model = request.model.trim()
      return [request, options]
    }),
  ],
  'mixes calls up': [
    'contract.concurrent',
    (good) => {
      let last: Promise<ChatResponse> | undefined
      return both(good, (call) => async (request, options) => {
        last = call(request, options)
        await Promise.resolve()
        return last
      })
    },
  ],
  'mends characters': [
    'text.characters',
    answering((response) => ({
      ...response,
      text: response.text.trim(),
      content: response.content.map((part) => (part.type === 'text' ? { ...part, text: part.text.trim() } : part)),
    })),
  ],
  'takes a length for a stop': [
    'text.finish',
    answering((response) => ({ ...response, finishReason: { unified: 'stop', raw: 'stop' } })),
  ],
  'counts cached tokens twice': [
    'text.usage',
    answering(({ usage, ...response }) => ({
      ...response,
      ...(usage && { usage: { ...usage, uncachedInputTokens: usage.uncachedInputTokens + usage.cacheReadTokens } }),
    })),
  ],
  'forgets request ids': ['text.request-id', answering(({ requestId: _, ...response }) => response)],
  'forgets limits': ['text.rate-limits', answering(({ rateLimits: _, ...response }) => response)],
  'sends one system message': [
    'text.system',
    asking((request, options) => {
      const first = request.messages.findIndex(({ role }) => role === 'system')
      return [
        { ...request, messages: request.messages.filter(({ role }, at) => role !== 'system' || at === first) },
        options,
      ]
    }),
  ],
  'forgets the history': [
    'text.conversation',
    asking((request, options) => [{ ...request, messages: request.messages.slice(-1) }, options]),
  ],
  'hands on all options': [
    'text.own-options',
    asking((request, options) => [
      {
        ...request,
        providerOptions: {
          acme: { ...request.providerOptions?.['acme'], ...request.providerOptions?.['someone-else'] },
        },
      },
      options,
    ]),
  ],
  'reads a stream to its end first': ['stream.incremental', answering((response) => response)],
  'loses all calls but the first': [
    'tools.parallel',
    answering((response) => ({ ...response, content: response.content.slice(0, 1) })),
  ],
  'mends arguments': [
    'tools.broken-arguments',
    answering((response) => ({
      ...response,
      content: response.content.map((part) => (part.type === 'tool-call' ? { ...part, arguments: '{}' } : part)),
    })),
  ],
  'sends no tools': ['tools.declared', asking(({ tools: _, ...request }, options) => [request, options])],
  'ignores the choice': ['tools.choice', asking(({ toolChoice: _, ...request }, options) => [request, options])],
  'gives no deltas': ['tools.deltas', answering((response) => response)],
  'hides reasoning': [
    'reasoning.answer',
    answering((response) => ({ ...response, content: response.content.filter(({ type }) => type !== 'reasoning') })),
  ],
  'says nothing of what it leaves out': ['reasoning.foreign', answering((response) => ({ ...response, warnings: [] }))],
  'drops an effort silently': ['reasoning.effort', answering((response) => ({ ...response, warnings: [] }))],
  'drops a budget silently': ['reasoning.budget', answering((response) => ({ ...response, warnings: [] }))],
  'drops a parameter silently': ['parameters.topP', answering((response) => ({ ...response, warnings: [] }))],
  'drops one for some models only': [
    'parameters.seed',
    (good) =>
      both(good, (call) => async (request, options) => {
        const response = await call(request, options)
        return request.model === 'acme-large' ? response : { ...response, warnings: [] }
      }),
  ],
  'declares what it does not send': [
    'parameters.user',
    (good) => ({
      capabilities: (model) => ({ ...good.capabilities(model), parameters: { user: { type: 'string' } } }),
    }),
  ],
  'declares pictures, and sends none': [
    'input.image-bytes',
    asking((request, options) => [
      {
        ...request,
        messages: request.messages.map((message) =>
          message.role === 'user' && typeof message.content !== 'string'
            ? { ...message, content: message.content.filter(({ type }) => type === 'text') }
            : message,
        ),
      },
      options,
    ]),
  ],
  'drops files silently': [
    'input.file-bytes',
    asking((request, options) => [{ ...request, messages: [{ role: 'user', content: 'What is it?' }] }, options]),
  ],
  'drops a format silently': [
    'formats.json-schema',
    asking(({ responseFormat: _, ...request }, options) => [request, options]),
  ],
  'takes quota for a rate limit': [
    'failures.quota',
    failing((error) => remade(error, error.kind === 'quota' ? { kind: 'rate-limit' } : {})),
  ],
  'forgets codes': [
    'failures.context-length',
    failing((error) => new ProviderError(error.message, { kind: error.kind, provider: error.provider, status: 400 })),
  ],
  'forgets how long to wait': [
    'failures.retry-after',
    failing((error) => {
      const { retryAfterMs: _, ...rest } = detailsOf(error)
      return new ProviderError(error.message, rest)
    }),
  ],
  'makes up how long to wait': [
    'failures.retry-after',
    failing((error) => remade(error, { retryAfterMs: error.retryAfterMs ?? 1000 })),
  ],
  'throws errors of its own': ['failures.any-status', failing((error) => new Error(error.message))],
  'takes broken connections for the server’s fault': [
    'failures.network',
    failing((error) => remade(error, error.kind === 'network' ? { kind: 'server' } : {})),
  ],
  'tries again': [
    'failures.no-retries',
    (good) =>
      both(good, (call) => async (request, options) => call(request, options).catch(() => call(request, options))),
  ],
  'takes errors for answers': [
    'failures.within-200',
    (good) => both(good, (call) => async (request, options) => call(request, options).catch(() => nothing)),
  ],
  'takes errors within a stream for its end': [
    'failures.within-stream',
    (good) => ({
      async *stream(request, options) {
        try {
          yield* good.stream(request, options)
        } catch {
          yield { type: 'finish', ...withoutContent(nothing) }
        }
      },
    }),
  ],
  'takes cut streams for answers': [
    'cuts.stream-events',
    (good) => ({
      async *stream(request, options) {
        try {
          yield* good.stream(request, options)
        } catch (error) {
          if (!isProviderError(error) || error.kind !== 'truncated') throw error
          yield { type: 'finish', ...withoutContent(nothing) }
        }
      },
    }),
  ],
  'takes cut answers for answers': [
    'cuts.whole',
    (good) => ({ chat: (request, options) => good.chat(request, options).catch(() => nothing) }),
  ],
  'takes anything for an answer': [
    'malformed.bodies',
    (good) => ({ chat: (request, options) => good.chat(request, options).catch(() => nothing) }),
  ],
  'stumbles over odd fields': [
    'malformed.fields',
    failing((error) => (error.kind === 'malformed' ? new TypeError('cannot read properties of null') : error)),
  ],
  'passes over broken events': [
    'malformed.events',
    (good) => ({
      async *stream(request, options) {
        try {
          yield* good.stream(request, options)
        } catch (error) {
          if (!isProviderError(error) || error.kind !== 'malformed') throw error
          yield { type: 'finish', ...withoutContent(nothing) }
        }
      },
    }),
  ],
  'wraps the reason of an abort': [
    'abort.before',
    (good) =>
      both(good, (call) => async (request, options) => {
        if (options?.signal?.aborted) throw new ProviderError('aborted', { kind: 'aborted', provider: 'acme' })
        return call(request, options)
      }),
  ],
  'ignores signals': ['abort.headers', asking((request) => [request, undefined])],
  'ignores signals while it reads': ['abort.body', asking((request) => [request, undefined])],
  'fetches keys deaf': ['abort.key', (good) => both(good, (call) => async (request) => call(request))],
  'does not close what its reader leaves': [
    'abort.left',
    (good) => ({
      stream(request, options) {
        const events = good.stream(request, options)[Symbol.asyncIterator]()
        return { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) }
      },
    }),
  ],
  'leaves listeners behind': [
    'abort.listeners',
    asking((request, options) => {
      options?.signal?.addEventListener('abort', () => {})
      return [request, options]
    }),
  ],
  'shows a key in errors': [
    'keys.failures',
    failing((error) => new ProviderError(`with ${benchKey}: ${error.message}`, detailsOf(error))),
  ],
  'shows a key in a cause': [
    'keys.streams',
    failing((error) => remade(error, { cause: new Error(`key=${benchKey}`) })),
  ],
  'shows a key in headers': [
    'keys.headers',
    failing((error) => remade(error, { headers: { authorization: `Bearer ${benchKey}` } })),
  ],
  'shows a key in a field': ['keys.objects', (_good, options) => ({ settings: options }) as Partial<Provider>],
  'logs a key': [
    'keys.objects',
    (good, { apiKey }, log) =>
      both(good, (call) => async (request, options) => {
        log(`asking with ${JSON.stringify(apiKey)}`)
        return call(request, options)
      }),
  ],
  'shows a key to a router': ['keys.router', failing((error) => remade(error, { providerCode: benchKey }))],
  'sends no key': [
    'keys.sent',
    (good) => {
      let first: Promise<ChatResponse> | undefined
      return both(good, (call) => (request, options) => (first ??= call(request, options)))
    },
  ],
  'lists models each time anew': ['facets.models', (good) => ({ models: listing(good) })],
  'quotes what it cannot read': [
    'options.content',
    failing((error) => new ProviderError(`${error.message}: "a-secret-of-the-answer"`, detailsOf(error))),
  ],
  'takes a timeout for a broken network': [
    'options.timeout',
    failing((error) => remade(error, error.kind === 'timeout' ? { kind: 'network' } : {})),
  ],
  'forgets the headers of its caller': ['options.headers', (good) => both(good, () => async () => nothing)],
  'takes any address': [
    'addresses.malformed',
    () => ({}),
    {
      options: ({ baseURL, ...options }) => ({
        ...options,
        baseURL: /^https?:/.test(baseURL) ? baseURL : 'http://127.0.0.1:9',
      }),
    },
  ],
  'forgets the password of an address': [
    'addresses.credentials',
    () => ({}),
    { options: ({ baseURL, ...options }) => ({ ...options, baseURL: baseURL.replace(/\/\/.*@/, '//') }) },
  ],
  'goes on behind a query': [
    'addresses.query',
    () => ({}),
    { options: ({ baseURL, ...options }) => ({ ...options, baseURL: baseURL.replace('?', '/') }) },
  ],
  'probes nothing': ['facets.health', () => ({ health: { cost: 'free', probe: async () => {} } })],
  'makes a list as long as a service says': [
    'facets.embedding-index',
    (good, { baseURL }) => ({
      embeddings: {
        async embed({ model, inputs }) {
          const body = JSON.stringify({ model, input: inputs })
          const response = await fetch(`${baseURL}/embeddings`, { method: 'POST', body })
          const { data } = (await response.json()) as { data: { index: number; embedding: number[] }[] }
          const vectors: number[][] = []
          for (const { index, embedding } of data) vectors[index] = embedding
          const found = vectors.filter((vector) => vector !== undefined)
          if (found.length === inputs.length && vectors.length === inputs.length) {
            return { embeddings: found, model, provider: good.id }
          }
          throw new ProviderError('not one vector for each text', { kind: 'malformed', provider: good.id })
        },
      },
    }),
  ],
  'counts vectors wrong': [
    'facets.embeddings',
    (good) => ({ embeddings: { embed: async ({ model }) => ({ embeddings: [[1]], model, provider: good.id }) } }),
  ],
}
