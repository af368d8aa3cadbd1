/** A running timer. */
export interface Timer {
  cancel(): void
  /** Lets the process end while the timer runs; absent where the platform has no such thing. */
  unref?(): void
  /** Takes `unref` back. */
  ref?(): void
}

/** Time as the engine sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  now(): number
  /** Milliseconds since 1970, for dates that services send. */
  wallTime(): number
  /** Calls `run` once after `delayMs` milliseconds. */
  schedule(delayMs: number, run: () => void): Timer
}

/** Where diagnostics go. Fields never hold message content or keys. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** What a caller may pass beside a request. The engine passes all of them to a provider. */
export interface CallOptions {
  /** Ends the call, whatever it is waiting for, down to the socket. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly logger?: Logger
  /** Fingerprint of the key to call with, of those in the plugin's pool; absent where there is nothing to choose from. */
  readonly key?: string
  /** Told by the pool by which key the call goes out: another one than `key` where that is gone, or was not known yet. */
  readonly onKey?: (fingerprint: string) => void
}
