/** How a service puts its answers on the wire. */
export interface Dialect {
  /** Of a streamed answer; others are JSON. */
  readonly streamType: string
  /** An answer in one piece; without text it is one that holds nothing. */
  whole(text: string, model: string): string
  /** How a streamed answer begins, before any of its content. */
  open(model: string): string
  /** A piece of a streamed answer's text. */
  piece(text: string, model: string): string
  /** What carries nothing and keeps a stream awake. */
  readonly ping: string
  /** How a streamed answer ends. */
  close(model: string): string
  /** What comes with the status of a failure. */
  failure(status: number): string
  /** How it says where a caller stands with its limit of requests, in headers. */
  rateLimit?(limit: number, remaining: number, resetsInMs: number): Readonly<Record<string, string>>
  /** JSON that is no piece of a streamed answer. */
  readonly shapeless: string
}
