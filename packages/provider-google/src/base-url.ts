import { InvalidConfigError } from '@llmfb/core/provider'
import { type BaseUrl, parseBaseUrl } from '@llmfb/transport'

const defaultBaseURL = 'https://generativelanguage.googleapis.com'

/**
 * Reads an address; one that is empty, as a variable may be, is the vendor's own. A version at its end is left out:
 * the SDK adds the version.
 *
 * @throws InvalidConfigError when `address` is no http(s) URL
 */
export function toBaseUrl(address = ''): BaseUrl {
  const parsed = parseBaseUrl(address.trim() || defaultBaseURL, /\/v1(?:beta|alpha)?$/)
  if (parsed) return parsed
  // The address itself may hold a password, so it is not repeated.
  throw new InvalidConfigError([
    { path: 'google.baseURL', problem: '(or GOOGLE_GEMINI_BASE_URL) must be an http(s) URL' },
  ])
}
