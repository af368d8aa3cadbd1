/** Options that all providers share. */
export interface ProviderOptions {
  /** Registers the provider under another id, so that one service can be there twice. @default the manifest's */
  readonly id?: string
  /** A key, or a function that fetches one before each call. @default the manifest's variable */
  readonly apiKey?: string | (() => string | Promise<string>)
  /** Where the service is. @default the vendor's own address */
  readonly baseURL?: string
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>
  /** Used instead of the global one. */
  readonly fetch?: typeof globalThis.fetch
  /** Longest wait for the response headers of one call, in milliseconds. @default 600000; the router's clocks are tighter */
  readonly timeoutMs?: number
}
