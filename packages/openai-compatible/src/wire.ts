// What is read of an answer. All of it comes from outside: a field may be absent, null or of another type.

export interface WireToolCall {
  readonly index?: number
  readonly id?: string | null
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null
}

/** A message of an answer, or a delta of one. */
export interface WireMessage {
  readonly content?: unknown
  readonly refusal?: string | null
  readonly tool_calls?: readonly WireToolCall[] | null
  /** What tool calls were called before 2023-11; some models still answer so when asked so. */
  readonly function_call?: { readonly name?: string; readonly arguments?: unknown } | null
  readonly [field: string]: unknown
}

export interface WireChoice {
  readonly index?: number
  readonly message?: WireMessage | null
  readonly delta?: WireMessage | null
  readonly finish_reason?: string | null
  readonly error?: unknown
}

/** An answer, or a chunk of one. */
export interface WireAnswer {
  readonly id?: string
  readonly model?: string
  readonly choices?: readonly WireChoice[] | null
  readonly usage?: Readonly<Record<string, unknown>> | null
  readonly error?: unknown
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field that should be text, or undefined where it is none or empty. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Arguments of a tool call as JSON text; some services send them parsed. */
export function toArgumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** The error that an answer or a chunk holds, or is. */
export function findError(body: WireAnswer | Readonly<Record<string, unknown>>): unknown {
  const { code, error, object } = body as Readonly<Record<'code' | 'error' | 'object', unknown>>
  if (typeof error === 'string' && typeof code === 'string') return { code, message: error } // xAI's form
  if (error !== undefined && error !== null) return error
  return object === 'error' ? body : undefined // vLLM's form
}

/** The body of an error in the form of which the SDK loses nothing: it hands on what is in `error`, and no code beside it. */
export function gatherError(text: string): string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return text
  }
  if (!isRecord(body) || typeof body['error'] !== 'string') return text
  const error = findError(body)
  return isRecord(error) ? JSON.stringify({ error }) : text
}
