import { InvalidConfigError } from '@llmfb/core/provider'

/** Where a server is, and what its address said of credentials. */
export interface BaseUrl {
  /** Without a slash at the end, and without credentials: `http://127.0.0.1:11434`. */
  readonly url: string
  /** Value of the `Authorization` header, from `https://user:password@host`. */
  readonly authorization?: string
}

/** Source: envconfig.Host in Ollama's server, which the command line tool reads OLLAMA_HOST with. */
const defaultPort = '11434'

/** Addresses that a server listens on, not ones that a client can call everywhere. */
const unspecified: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' }

function withScheme(text: string): string {
  if (text === 'ollama.com' || text.startsWith('ollama.com/')) return `https://${text}`
  const slash = text.includes('/') ? text.indexOf('/') : text.length
  const path = text.slice(slash)
  let host = text.slice(0, slash)
  if (/^(?::\d+)?$/.test(host)) host = `127.0.0.1${host}`
  const isBareIpv6 = !host.includes('[') && !host.includes('@') && host.split(':').length > 2
  if (isBareIpv6) host = `[${host}]`
  return `http://${/:\d+$/.test(host) ? host : `${host}:${defaultPort}`}${path}`
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/**
 * Reads an address in any form that OLLAMA_HOST takes: `host`, `host:port`, `:port`, an IPv6 address with or without
 * brackets, or a URL. Without a scheme the port is 11434; with one it is the scheme's own. A path is kept, but for a
 * trailing `/api` or `/v1`, which other libraries want there and which Ollama's paths begin with themselves.
 *
 * @throws InvalidConfigError
 */
export function toBaseUrl(address = ''): BaseUrl {
  const text = address.trim().replace(/^["']|["']$/g, '')
  const hasScheme = text.includes('://')
  const parsed = parse(hasScheme ? text : withScheme(text))
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    // The address itself may hold a password, so it is not repeated.
    throw new InvalidConfigError([
      { path: 'ollama.baseURL', problem: '(or OLLAMA_HOST) must be a host, host:port or http(s) URL' },
    ])
  }
  const host = unspecified[parsed.hostname] ?? parsed.hostname
  const port = parsed.port ? `:${parsed.port}` : ''
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\/(?:api|v1)$/, '')
  const url = `${parsed.protocol}//${host}${port}${path}`
  if (parsed.username === '') return { url }
  const credentials = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`
  const binary = String.fromCharCode(...new TextEncoder().encode(credentials))
  return { url, authorization: `Basic ${btoa(binary)}` }
}
