/** What a service does with a call. Times in milliseconds. */
export type Behaviour =
  /** Answers, whole or in these pieces. */
  | {
      readonly type: 'answer'
      readonly pieces?: readonly string[]
      /** Before the answer, or its first piece. */
      readonly delayMs?: number
      /** Before each further piece of a stream. */
      readonly pieceMs?: number
      /** The model that it says answered. */
      readonly model?: string
      /** What it says of its limit of requests. */
      readonly rateLimit?: { readonly limit: number; readonly remaining: number; readonly resetsInMs: number }
    }
  /** Says that it failed. */
  | { readonly type: 'fail'; readonly status: number; readonly retryAfter?: string; readonly delayMs?: number }
  /** Sends these pieces, and never another byte. */
  | { readonly type: 'stall'; readonly pieces?: readonly string[] }
  /** Sends these pieces; then its side of the connection ends without an end of the answer, or the connection is reset. */
  | { readonly type: 'half-close' | 'reset'; readonly pieces?: readonly string[] }
  /** Sends bytes that carry nothing, again and again, and never an answer. */
  | { readonly type: 'drip'; readonly everyMs: number }
  /** Sends an answer that never ends. */
  | { readonly type: 'endless'; readonly everyMs: number }
  /** Sends JSON that is no answer. */
  | { readonly type: 'shapeless' }
  /** Sends an answer that is done and holds nothing. */
  | { readonly type: 'empty' }
  /** Sends all that is not text twice: how the answer begins, and how it ends. */
  | { readonly type: 'twice'; readonly pieces: readonly string[] }

/** The same for all calls, or by the call. */
export type Script = Behaviour | ((call: CallSeen) => Behaviour)

/** A call as the service sees it. */
export interface CallSeen {
  /** 1 for the first that arrived. */
  readonly number: number
  /** How many are under way with it. */
  readonly underWay: number
  /** On the stage's clock. */
  readonly at: number
}

/** The pieces of an answer for which nothing else was said. */
export const plainPieces: readonly string[] = ['he', 'llo']
