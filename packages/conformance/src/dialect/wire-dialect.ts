import type { ChatRequest, EmbeddingsRequest, FailureKind, JsonObject, RateLimit, Usage } from '@llmfb/core/provider'
import type { WireAnswer } from '../wire/wire-answer.ts'
import type { WireRequest } from '../wire/wire-request.ts'

/**
 * How one service says things on the wire, in both directions. The suite owns the cases and knows no vendor's words; a
 * dialect owns the words and knows no cases. Bodies and events may be text or bytes, so that binary framings fit too.
 */
export interface WireDialect {
  /** Such as `chat-completions`. */
  readonly name: string
  /** What follows the server's address in a base URL. @default '' */
  readonly basePath?: string
  /** What streams are made of; says which variations of line ends and which damage are tried. */
  readonly framing: 'server-sent-events' | 'json-lines' | 'binary'
  /** What answers of the service tell; what they do not tell is not expected of a provider. */
  readonly tells: Told
  /** What the bytes that a provider sent ask for, in the contract's words. */
  readonly readRequest: (request: WireRequest) => Asked
  /** A whole answer. */
  readonly answer: (spoken: SpokenAnswer) => WireAnswer
  /** The same answer as a stream, with every piece in an event of its own; the last event is the terminal marker. */
  readonly stream: (spoken: SpokenAnswer) => SpokenStream
  /** Data, parsable or not, framed as an event of a stream. */
  readonly frame: (data: string) => string | Uint8Array
  /** Events without content that may stand anywhere in a stream: comments, pings, kinds newer than any provider. */
  readonly noise: readonly (string | Uint8Array)[]
  /** For each kind of failure, in which forms the service reports it, or why it never does. */
  readonly failures: Readonly<Record<ReportedKind, readonly SpokenFailure[] | string>>
  /** Errors that come with status 200 as the whole answer. None where the service has no such thing. */
  readonly failuresWithin200: readonly (Pick<SpokenFailure, 'name' | 'body'> & { readonly kind: FailureKind })[]
  /** Errors that come as an event of a stream that has begun. None where the service has no such thing. */
  readonly failuresWithinStream: readonly StreamedFailure[]
  /** Headers that tell a request id. @default none */
  readonly requestIdHeader?: string
  /** Headers that tell how long to wait. @default `Retry-After` in seconds */
  readonly retryAfter?: (seconds: number) => Readonly<Record<string, string>>
  /** Where a setting that only this service has goes within `providerOptions` of it. @default there itself */
  readonly ownOptions?: (setting: JsonObject) => JsonObject
  /** Words of the facets, for services that have them. Each answers one request. */
  readonly facets?: SpokenFacets
}

/** What answers of a service tell. */
export interface Told {
  /** The buckets of usage that it counts; all others are 0. None where it tells no usage. */
  readonly usage: readonly (keyof Usage)[]
  /** Whether answers can show reasoning, and whether they sign it. */
  readonly reasoning: 'no' | 'text' | 'signed'
  /** Whether tool calls carry an id of the service's own. */
  readonly toolCallIds: boolean
  /** Whether arguments of tool calls are text, which need not be JSON, or an object. */
  readonly toolArguments: 'text' | 'object'
  /** Reasons for an end that it tells apart. */
  readonly finish: readonly SpokenAnswer['finish'][]
  /** The model that is asked, where answers name none and a provider can only repeat it. @default answers name theirs */
  readonly servedModel?: string
  /** Limits that headers of answers tell of. */
  readonly rateLimits: readonly RateLimit['counts'][]
}

/** What a request asks for. `apiKey` is the key as the service sees it. */
export type Asked = { readonly apiKey?: string } & (
  | { readonly type: 'chat'; readonly stream: boolean; readonly request: ChatRequest }
  | { readonly type: 'tokens'; readonly request: ChatRequest }
  | { readonly type: 'embeddings'; readonly request: EmbeddingsRequest }
  | { readonly type: 'models' }
  | { readonly type: 'other' }
)

/** What an answer is to say. */
export interface SpokenAnswer {
  /** The model that says it. */
  readonly model: string
  readonly parts: readonly SpokenPart[]
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter'
  /** Holds nothing but 0 in buckets that the service does not tell. Absent where it is not to be told. */
  readonly usage?: Usage
  readonly requestId?: string
  readonly rateLimits?: readonly RateLimit[]
}

/** A part of an answer; where it is streamed, each of its pieces is an event. */
export type SpokenPart =
  | { readonly type: 'text'; readonly pieces: readonly string[] }
  | { readonly type: 'reasoning'; readonly pieces: readonly string[]; readonly signature?: string }
  /** The pieces are JSON text; a service that sends objects parses them, joined. */
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly pieces: readonly string[] }

/** A streamed answer. */
export interface SpokenStream {
  readonly headers: Readonly<Record<string, string>>
  readonly events: readonly (string | Uint8Array)[]
}

/** The kinds of failure that a service itself reports. */
export type ReportedKind =
  | 'server'
  | 'overloaded'
  | 'timeout'
  | 'rate-limit'
  | 'quota'
  | 'authentication'
  | 'permission'
  | 'model-not-found'
  | 'context-length'
  | 'content-filter'
  | 'invalid-request'
  | 'warming'

/** One form of a failure. */
export interface SpokenFailure {
  /** Tells it from the others: `429 insufficient_quota`. */
  readonly name: string
  readonly status: number
  /** The service's own code, as a provider is to pass it on; undefined where there is none to pass on. */
  readonly code?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The body that says `message`; where the service says the kind in words alone, behind those. */
  readonly body: (message: string) => string | Uint8Array
}

export interface StreamedFailure {
  readonly name: string
  readonly kind: FailureKind
  readonly event: (message: string) => string | Uint8Array
}

/** Answers to what facets ask. */
export interface SpokenFacets {
  readonly embeddings?: (
    vectors: readonly (readonly number[])[],
    request: WireRequest,
    inputTokens: number,
  ) => WireAnswer
  readonly models?: (ids: readonly string[], request: WireRequest) => WireAnswer
  readonly tokens?: (count: number, request: WireRequest) => WireAnswer
  readonly health?: (request: WireRequest) => WireAnswer
  readonly warmUp?: (request: WireRequest) => WireAnswer
}
