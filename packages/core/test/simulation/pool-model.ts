/** A time in which a key is not honoured, however well its service is. */
export interface KeyOutage {
  readonly from: number
  readonly until: number
  readonly type: 'throttled' | 'spent' | 'revoked' | 'barred' | 'foreign'
}

/** A key as its service knows it. */
export interface KeyModel {
  readonly key: string
  readonly outages: readonly KeyOutage[]
}

/** Where a provider has its keys from: it is given all of them, or a function that gives all, or one. */
export interface PoolModel {
  readonly source: 'list' | 'function' | 'token'
  readonly keys: readonly string[]
  /** How long its function takes, and how often it fails. */
  readonly fetchMs: number
  readonly failRate: number
}

/** The pools of a configuration, by provider; others have one key, of which nothing is said. */
export type Pools = ReadonlyMap<string, PoolModel>
