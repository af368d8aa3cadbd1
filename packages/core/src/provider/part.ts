import type { JsonValue } from './json.ts'

/**
 * Marks the end of a prompt prefix that the service should cache. Services that cache by themselves ignore it without a
 * warning, since nothing of the answer changes.
 */
export interface CacheBreakpoint {
  /** How long the service should keep the prefix. @default the service's own */
  readonly ttl?: '5m' | '1h'
}

/**
 * Something only its issuer can read: a reasoning signature, encrypted reasoning. It is replayed to the issuer as it
 * came and to nobody else.
 */
export interface Opaque {
  /** Id of the provider that issued it. */
  readonly issuer: string
  /** Model that issued it, where the service ties it to one. */
  readonly model?: string
  readonly data: JsonValue
}

/** Bytes or an address of a picture, document or sound. */
export type Media =
  | { readonly url: string }
  | {
      /** Raw bytes, or base64 text without a `data:` prefix. */
      readonly data: Uint8Array | string
      /** IANA media type, such as `image/png`. */
      readonly mediaType: string
    }

export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly cacheBreakpoint?: CacheBreakpoint
  readonly opaque?: Opaque
}

export interface ImagePart {
  readonly type: 'image'
  readonly image: Media
  /** How closely the model should look. @default the service's own */
  readonly detail?: 'auto' | 'low' | 'high'
  readonly cacheBreakpoint?: CacheBreakpoint
}

/** A document, sound or other file. */
export interface FilePart {
  readonly type: 'file'
  readonly file: Media
  readonly filename?: string
  readonly cacheBreakpoint?: CacheBreakpoint
}

/** What the model thought before it answered, as far as the service shows it. */
export interface ReasoningPart {
  readonly type: 'reasoning'
  /** Empty where the service hands out nothing but an opaque block. */
  readonly text: string
  readonly opaque?: Opaque
}

/** A tool the model wants called. */
export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** The arguments as JSON text, exactly as the model wrote them; it need not be valid JSON. */
  readonly arguments: string
  readonly opaque?: Opaque
}

/** What a tool answered. */
export interface ToolResultPart {
  readonly type: 'tool-result'
  /** `id` of the tool call this answers. */
  readonly toolCallId: string
  /** Name of the tool; some services want it again. */
  readonly toolName?: string
  readonly content: string | readonly (TextPart | ImagePart)[]
  /** `true` when the tool failed and `content` says how. @default false */
  readonly isError?: boolean
  readonly cacheBreakpoint?: CacheBreakpoint
}

export type UserPart = TextPart | ImagePart | FilePart

/** What an assistant message is made of, in a request's history and in a response alike. */
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | FilePart
