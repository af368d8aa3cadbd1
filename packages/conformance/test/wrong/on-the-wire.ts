import type { Capabilities, StreamEvent } from '@llmfb/core/provider'
import { ProviderError } from '@llmfb/core/provider'
import { benchKey } from '../../src/suite/bench.ts'
import { reportedKinds } from '../../src/suite/reported-kinds.ts'
import { parameterNames } from '../../src/suite/requests.ts'
import {
  answering,
  asking,
  both,
  detailsOf,
  failing,
  nothing,
  remade,
  type Row,
  withoutContent,
  type Wrong,
} from './make-wrong.ts'

/** A fetch whose streams arrive changed. */
function receiving(change: (text: string) => string): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (!response.ok || !response.body || !isStream(response)) return response
    const changed = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(new TextEncoder().encode(change(new TextDecoder().decode(chunk))))
      },
    })
    return new Response(response.body.pipeThrough(changed), response)
  }
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true
}

/** Reads a stream to its end before any of it is handed on. */
const toTheEnd: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init)
  return isStream(response) ? new Response(await response.arrayBuffer(), response) : response
}

/** Leaves the bodies of errors unread, and their connections open. */
const unread: Response[] = []
const careless: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.ok) return response
  unread.push(response)
  return new Response('', { status: response.status })
}

/** Keeps no connection for the next call. */
const closing: typeof globalThis.fetch = async (input, init) =>
  fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), connection: 'close' } })

/** Hands on what has arrived, one event behind, before it heeds its signal. */
const late: Wrong = (good) => ({
  async *stream(request, options) {
    let last: StreamEvent | undefined
    try {
      for await (const event of good.stream(request, options)) {
        if (last) yield last
        last = event
      }
    } catch (error) {
      if (last) yield last
      throw error
    }
    if (last) yield last
  },
})

const asItIs: Wrong = () => ({})

const withoutMedia = asking((request, options) => [
  {
    ...request,
    messages: request.messages.map((message) =>
      message.role === 'user' && typeof message.content !== 'string'
        ? { ...message, content: message.content.filter(({ type }) => type === 'text') }
        : message,
    ),
  },
  options,
])

/** Takes whatever breaks a stream for its end. */
const satisfied: Wrong = (good) => ({
  async *stream(request, options) {
    try {
      yield* good.stream(request, options)
    } catch {
      yield { type: 'finish', ...withoutContent(nothing) }
    }
  },
})

const probing =
  (probe: () => Promise<void>): Wrong =>
  () => ({ health: { cost: 'free', probe } })

const capable = (change: Partial<Capabilities>): Wrong => {
  return (good) => ({ capabilities: (model) => ({ ...good.capabilities(model), ...change }) })
}

/** More of them: those that read wrongly what arrives, and those that fail a case each for every kind and parameter. */
export const onTheWire: readonly (readonly [name: string, ...Row])[] = [
  ['decodes each chunk on its own', 'stream.pieces', asItIs, { fetch: receiving((text) => text) }],
  [
    'knows one form of line ends',
    'stream.line-ends',
    asItIs,
    { fetch: receiving((text) => text.replaceAll('\r', ' ')) },
  ],
  ['reads comments', 'stream.noise', asItIs, { fetch: receiving((text) => text.replaceAll(/^:.*$/gm, 'data: odd\n')) }],
  ['waits for the connection to close', 'stream.held-open', asItIs, { fetch: toTheEnd }],
  [
    'streams something else',
    'stream.like-chat',
    (good) => ({ chat: async (request, options) => ({ ...(await good.chat(request, options)), model: 'other' }) }),
  ],
  [
    'answers nothing',
    'contract.answer',
    (good) =>
      both(good, (call) => async (...asked) => ({ ...(await call(...asked)), text: '', content: [] })),
  ],
  [
    'says what was asked for what answered',
    'text.answer',
    (good) =>
      both(good, (call) => async (request, options) => ({ ...(await call(request, options)), model: request.model })),
  ],
  [
    'gives calls no id',
    'tools.call',
    answering((response) => ({
      ...response,
      content: response.content.map((part) => (part.type === 'tool-call' ? { ...part, id: '' } : part)),
    })),
  ],
  [
    'takes a call without arguments for none',
    'tools.no-arguments',
    answering((response) => ({
      ...response,
      content: response.content.filter((part) => part.type !== 'tool-call' || part.arguments !== '{}'),
    })),
  ],
  [
    'sends one result',
    'tools.results',
    asking((request, options) => [
      {
        ...request,
        messages: request.messages.map((message) =>
          message.role === 'tool' ? { ...message, content: message.content.slice(0, 1) } : message,
        ),
      },
      options,
    ]),
  ],
  ['drops pictures by their address', 'input.image-url', withoutMedia],
  ['drops files by their address', 'input.file-url', withoutMedia],
  ['drops JSON', 'formats.json', asking(({ responseFormat: _, ...request }, options) => [request, options])],
  ['declares schemas, and takes none', 'formats.not-strict', capable({ responseFormats: ['json-schema'] })],
  [
    'drops a choice for want of tools',
    'tools.required-of-none',
    asking(({ toolChoice: _, ...request }, options) => [request, options]),
  ],
  [
    'drops the marks of others silently',
    'reasoning.foreign-marks',
    answering((response) => ({ ...response, warnings: [] })),
  ],
  ['declares a prompt cache, and marks nothing', 'cache.breakpoints', capable({ promptCache: true })],
  ['declares few breakpoints, and tells nobody', 'cache.limit', capable({ promptCache: true, cacheBreakpoints: 2 })],
  ['takes any stream for an answer', 'malformed.streams', satisfied],
  ['takes a stream without a start for an answer', 'cuts.stream-start', satisfied],
  ['takes half an event for the end', 'cuts.stream-bytes', satisfied],
  ['hears no signal between events', 'abort.between-events', asking((request) => [request, undefined])],
  ['hears no signal within an error', 'abort.error-body', asking((request) => [request, undefined])],
  ['hears no signal in a facet', 'abort.facets', probing(() => new Promise(() => {}))],
  ['leaves connections open', 'sockets.reused', asItIs, { fetch: careless }],
  ['takes a new connection for each call', 'sockets.reused', asItIs, { fetch: closing }],
  ['delivers what came before its end', 'abort.between-events', late],
  [
    'prints what it asks on the console',
    'options.content',
    (good) =>
      both(good, (call) => (request, options) => {
        // oxlint-disable-next-line no-console -- that is what is wrong
        console.info('asking', request.model)
        return call(request, options)
      }),
  ],
  [
    'shows the password of an address',
    'keys.network',
    (good, { baseURL }) =>
      failing((error) => new ProviderError(`${baseURL}: ${error.message}`, detailsOf(error)))(
        good,
        { baseURL, apiKey: '', headers: {} },
        () => {},
      ),
  ],
  [
    'shows a key that is odd',
    'keys.odd',
    (_good, { apiKey }) => ({
      chat: async () => Promise.reject(new Error(`the key ${JSON.stringify(apiKey)} is odd`)),
    }),
  ],
  ['shows a key where it probes', 'keys.facets', probing(async () => Promise.reject(new Error(`with ${benchKey}`)))],
  [
    'makes counts up',
    'facets.tokens',
    () => ({ tokens: { method: 'estimate', count: async () => ({ tokens: 7, method: 'estimate' }) } }),
  ],
  ['counts no tokens', 'facets.tokens', () => ({ tokens: undefined as never })],
  [
    'takes its estimates for counts',
    'facets.tokens-estimate',
    ({ tokens: good }) => ({
      tokens: {
        method: 'exact',
        count: async (request) => ({ tokens: (await good?.count(request))?.tokens ?? 0, method: 'exact' }),
      },
    }),
  ],
  ['warms up nothing', 'facets.warm-up', () => ({ warmUp: { warmUp: async () => {} } })],
  [
    'knows one failure where it probes',
    'facets.failures',
    probing(async () => Promise.reject(new ProviderError('no', { kind: 'unknown', provider: 'acme' }))),
  ],
  ...reportedKinds
    .filter((kind) => kind !== 'warming')
    .map(
      (kind) =>
        [
          `takes '${kind}' for something unknown`,
          `failures.${kind}`,
          failing((error) => remade(error, { kind: 'unknown' })),
        ] as const,
    ),
  ...parameterNames.map(
    (name) =>
      [
        `forgets ${name}`,
        `parameters.${name}`,
        asking(({ [name]: _, ...request }, options) => [request, options]),
      ] as const,
  ),
]
