import { InvalidConfigError } from '@llmfb/core/provider'
import { parseBaseUrl } from '@llmfb/transport'

/** Where an address comes from, to be told where it is none. */
export interface AddressSource {
  /** Path of the option, such as `acme.baseURL`. */
  readonly option: string
  /** The variable of the environment that stands in for it. @default none */
  readonly variable?: string
  /** What it may end with and is left out, such as `/v1`. @default nothing */
  readonly ending?: RegExp
}

/** Where a service is, and what goes out with every call because its address says so. */
export interface ServiceAddress {
  /** Without a user, a password, a query, and a slash at the end. */
  readonly url: string
  /** The user and the password as `authorization`; they go before a key in that header, and behind the caller's own. */
  readonly headers: Readonly<Record<string, string>>
}

/** Reads the address of a service. @throws InvalidConfigError where it is no http(s) URL */
export function readBaseUrl(address: string, { option, variable, ending }: AddressSource): ServiceAddress {
  const parsed = parseBaseUrl(address.trim(), ending)
  if (!parsed) {
    // The address itself may hold a password, so it is not repeated.
    const problem = `${variable === undefined ? '' : `(or ${variable}) `}must be an http(s) URL`
    throw new InvalidConfigError([{ path: option, problem }])
  }
  const { url, authorization } = parsed
  return { url, headers: authorization === undefined ? {} : { authorization } }
}
