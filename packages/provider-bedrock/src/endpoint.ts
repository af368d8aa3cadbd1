import { InvalidConfigError } from '@llmfb/core/provider'

/**
 * Reads the address of an endpoint; one that is empty, as a variable may be, is the region's own.
 *
 * @returns undefined for the region's own
 * @throws InvalidConfigError when `address` is no http(s) URL, or holds credentials, which are for options of their own
 */
export function toEndpoint(address = ''): URL | undefined {
  const text = address.trim()
  if (text === '') return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The address itself may hold a password, so it is not repeated.
  if (!url || !/^https?:$/.test(url.protocol)) throw refused('must be an http(s) URL')
  if (url.username !== '' || url.password !== '') throw refused('must not hold a user or a password')
  url.pathname = url.pathname.replace(/\/+$/, '')
  url.search = ''
  url.hash = ''
  return url
}

function refused(problem: string): InvalidConfigError {
  return new InvalidConfigError([
    { path: 'bedrock.baseURL', problem: `(or AWS_ENDPOINT_URL_BEDROCK_RUNTIME) ${problem}` },
  ])
}
