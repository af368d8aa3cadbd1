/** An event of ConverseStream as it comes over the wire: its name, and its payload's fields. */
export type ConverseEvent =
  | { readonly type: 'messageStart' }
  | { readonly type: 'contentBlockStart'; readonly data: BlockStart }
  | { readonly type: 'contentBlockDelta'; readonly data: BlockDelta }
  | { readonly type: 'contentBlockStop'; readonly data: Indexed }
  | { readonly type: 'messageStop'; readonly data: MessageStop }
  | { readonly type: 'metadata'; readonly data: Metadata }

interface Indexed {
  readonly contentBlockIndex: number
}

/** The first event of a tool call or a picture. */
export interface BlockStart extends Indexed {
  readonly start?: {
    readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly type?: string }
    readonly image?: { readonly format?: string }
  }
}

/** The next piece of a block; bytes are base64. */
export interface BlockDelta extends Indexed {
  readonly delta: {
    readonly text?: string
    readonly toolUse?: { readonly input?: string }
    readonly reasoningContent?: {
      readonly text?: string
      readonly signature?: string
      readonly redactedContent?: string
    }
    readonly image?: { readonly source?: { readonly bytes?: string } }
    readonly citation?: object
  }
}

interface MessageStop {
  readonly stopReason: string
  readonly additionalModelResponseFields?: unknown
}

interface Metadata {
  readonly usage?: Readonly<Record<string, number>>
}
