import { InvalidConfigError } from '@llmfb/core/provider'

const defaultBaseURL = 'https://generativelanguage.googleapis.com'

/** Where the service is, and what its address said of credentials. */
export interface BaseUrl {
  /** Without credentials, and without a slash or a version at the end: the SDK adds both. */
  readonly url: string
  /** Value of the `Authorization` header, from `https://user:password@host`. */
  readonly authorization?: string
  /** The user's name and password. */
  readonly secrets: readonly string[]
}

/**
 * Reads an address; one that is empty, as a variable may be, is the vendor's own.
 *
 * @throws InvalidConfigError when `address` is no http(s) URL
 */
export function toBaseUrl(address = ''): BaseUrl {
  const parsed = parse(address.trim() || defaultBaseURL)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    // The address itself may hold a password, so it is not repeated.
    throw new InvalidConfigError([
      { path: 'google.baseURL', problem: '(or GOOGLE_GEMINI_BASE_URL) must be an http(s) URL' },
    ])
  }
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\/v1(?:beta|alpha)?$/, '')
  const url = `${parsed.origin}${path}`
  const { username, password } = parsed
  if (username === '' && password === '') return { url, secrets: [] }
  const encoded = Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')
  return {
    url,
    authorization: `Basic ${encoded}`,
    secrets: [encoded, username, password, decode(username), decode(password)],
  }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** A percent sign that encodes nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
