import { basicCredentials, secretsOfAddress } from './secrets.ts'

/** Where a service is, and what its address said of credentials. */
export interface BaseUrl {
  /** Without credentials, a query, and a slash at the end. */
  readonly url: string
  /** Value of the `Authorization` header, from `https://user:password@host`. */
  readonly authorization?: string
  /** What must never be seen of the user and the password. */
  readonly secrets: readonly string[]
}

/**
 * Reads the address of a service; undefined where it is no http(s) URL. Whoever says so does not repeat it, since it may
 * hold a password.
 *
 * @param ending what its path may end with and the paths of requests begin with themselves, such as `/v1`: left out. @default nothing
 */
export function parseBaseUrl(address: string, ending?: RegExp): BaseUrl | undefined {
  const parsed = URL.canParse(address) ? new URL(address) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return undefined
  const whole = parsed.pathname.replace(/\/+$/, '')
  const path = ending ? whole.replace(ending, '') : whole
  const url = `${parsed.origin}${path}`
  const credentials = basicCredentials(parsed)
  if (credentials === undefined) return { url, secrets: [] }
  return { url, authorization: `Basic ${credentials}`, secrets: secretsOfAddress(address) }
}
