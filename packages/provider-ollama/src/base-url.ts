import { InvalidConfigError } from '@llmfb/core/provider'
import { type BaseUrl, parseBaseUrl } from '@llmfb/transport'

/** Source: envconfig.Host in Ollama's server, which the command line tool reads OLLAMA_HOST with. */
const defaultPort = '11434'

/** Addresses that a server listens on, not ones that a client can call everywhere. */
const unspecified = /(?<=^https?:\/\/)(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/
const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' }

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

/**
 * Reads an address in any form that OLLAMA_HOST takes: `host`, `host:port`, `:port`, an IPv6 address with or without
 * brackets, or a URL. Without a scheme the port is 11434; with one it is the scheme's own. A path is kept, but for a
 * trailing `/api` or `/v1`, which other libraries want there and which Ollama's paths begin with themselves.
 *
 * @throws InvalidConfigError
 */
export function toBaseUrl(address = ''): BaseUrl {
  const text = address.trim().replace(/^["']|["']$/g, '')
  const parsed = parseBaseUrl(text.includes('://') ? text : withScheme(text), /\/(?:api|v1)$/)
  if (parsed) return { ...parsed, url: parsed.url.replace(unspecified, (host) => loopback[host] ?? host) }
  // The address itself may hold a password, so it is not repeated.
  throw new InvalidConfigError([
    { path: 'ollama.baseURL', problem: '(or OLLAMA_HOST) must be a host, host:port or http(s) URL' },
  ])
}
