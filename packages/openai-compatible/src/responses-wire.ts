// What is read of an answer of the Responses API. All of it comes from outside: a field may be absent, null or of another
// type.

export interface WireText {
  readonly type?: string
  readonly text?: unknown
  readonly refusal?: unknown
}

/** Something the model put out, such as a message, a call or its reasoning. */
export interface WireItem {
  readonly type?: string
  readonly id?: unknown
  readonly content?: readonly WireText[] | null
  readonly summary?: readonly WireText[] | null
  readonly encrypted_content?: unknown
  readonly phase?: unknown
  readonly call_id?: unknown
  readonly name?: unknown
  readonly arguments?: unknown
}

export interface WireResponse {
  readonly id?: unknown
  readonly model?: unknown
  readonly status?: unknown
  readonly output?: readonly WireItem[] | null
  readonly incomplete_details?: { readonly reason?: unknown } | null
  readonly usage?: unknown
  readonly error?: unknown
}

/** An event of a stream; `type` says which of the fields it has. */
export interface WireResponseEvent {
  readonly type?: string
  readonly response?: WireResponse | null
  readonly item?: WireItem | null
  readonly item_id?: unknown
  readonly output_index?: unknown
  readonly delta?: unknown
  readonly error?: unknown
}
