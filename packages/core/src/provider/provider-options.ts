import type { ApiKey } from './key-pool.ts'

/** Options that all providers share. */
export interface ProviderOptions {
  /** Registers the provider under another id, so that one service can be there twice. @default the manifest's */
  readonly id?: string
  /**
   * A key, a list of keys, a function that fetches one or several before each call, or a pool made by `createKeyPool`, whose
   * keys can be replaced. Of several keys each has limits of its own, and one that is throttled or revoked is passed over.
   *
   * @default the manifest's variable
   */
  readonly apiKey?: ApiKey
  /** Where the service is. @default the vendor's own address */
  readonly baseURL?: string
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>
  /** Used instead of the provider's own connections. */
  readonly fetch?: typeof globalThis.fetch
  /** Longest wait for the response headers of one call, in milliseconds. @default 600000; the router's clocks are tighter */
  readonly timeoutMs?: number
}
