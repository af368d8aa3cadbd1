/** A `fetch` with connections of its own. */
export interface Pool {
  /** Give it to an SDK. It behaves as the platform's does, except for what the README lists. */
  readonly fetch: typeof globalThis.fetch
  /** Ends the calls under way and closes every connection; resolves when they are closed. Calls after it are refused. */
  readonly dispose: () => Promise<void>
}

/** What an exchange took until its headers came. */
export interface ExchangeTiming {
  /** Such as `https://api.openai.com`. */
  readonly origin: string
  /** Whether an open connection was used again. Undefined where the platform does not tell. */
  readonly reused: boolean | undefined
  /** Milliseconds until the request went out: name, connection, TLS. Undefined where the platform does not tell. */
  readonly connectMs: number | undefined
  /** Milliseconds until the headers were there, from the start. */
  readonly headersMs: number
}

export interface PoolOptions {
  /**
   * Milliseconds that a connection nobody uses stays open, unless the service announces less. It never keeps a program
   * from ending. @default 4000 for http, as the platform has it: small servers close after 5 s; 50000 for https: balancers
   * keep 60 s
   */
  readonly idleMs?: number
  /** Longest time to make a connection, in milliseconds. @default 10000, as the platform has it */
  readonly connectTimeoutMs?: number
  /** Longest silence within a body, in milliseconds; 0 for no bound. @default 300000, as the platform has it */
  readonly bodyTimeoutMs?: number
  /** Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are read, in either case. @default the process's, when the pool is made */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Takes the time of every exchange. @default nobody does */
  readonly timing?: {
    /** Milliseconds on a clock that never jumps. */
    now(): number
    /** Called when the headers of an answer are there. */
    onHeaders(timing: ExchangeTiming): void
  }
}
