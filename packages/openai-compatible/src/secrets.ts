import { Buffer } from 'node:buffer'

/** A shorter secret would garble every message; whoever uses one has none. */
const shortestSecret = 6

/** Headers whose values say who asks for what, and are no secrets. Every other header may hold one. */
const harmlessHeaders =
  /^(?:accept|content|cache-control|user-agent|referer|http-referer|origin|host|x-title$|openai-(?:organization|project|beta)$|anthropic-(?:version|beta)$)/

/** What must never be seen of a key, of headers and of an address. */
export function collectSecrets(
  keys: readonly string[],
  headers: Readonly<Record<string, string>>,
  baseURL: string,
): string[] {
  const secrets = [...keys]
  for (const [name, value] of Object.entries(headers)) {
    if (!harmlessHeaders.test(name.toLowerCase())) secrets.push(...partsOf(value))
  }
  const userinfo = findUserinfo(baseURL)
  const long = [...secrets, ...userinfo.flatMap(partsOfUserinfo)].filter((secret) => secret.length >= shortestSecret)
  return [...long, ...userinfo.map((text) => `${text}@`)]
}

/** The value, and what a service may echo of it: what follows the scheme, the values of cookies, decoded credentials. */
function partsOf(value: string): string[] {
  const [, scheme, credentials] = /^\s*([A-Za-z][\w-]*)\s+(.+?)\s*$/.exec(value) ?? []
  const parts = [
    value,
    ...value.split(/[;,]/).map((pair) =>
      pair
        .slice(pair.indexOf('=') + 1)
        .replaceAll('"', '')
        .trim(),
    ),
  ]
  if (credentials === undefined) return parts
  if (scheme?.toLowerCase() !== 'basic') return [...parts, credentials]
  const userinfo = Buffer.from(credentials, 'base64').toString('utf8')
  return [...parts, credentials, userinfo, userinfo.slice(userinfo.indexOf(':') + 1)]
}

/** `user:password` of an address, as it is written and as `URL` writes it. */
function findUserinfo(address: string): string[] {
  const written = /^[^:/?#]+:\/*([^/?#]*)@/.exec(address)?.[1]
  if (written === undefined || written === '') return []
  try {
    const { username, password } = new URL(address)
    return [written, password === '' ? username : `${username}:${password}`]
  } catch {
    return [written]
  }
}

function partsOfUserinfo(userinfo: string): string[] {
  const colon = userinfo.indexOf(':')
  const parts = colon < 0 ? [userinfo] : [userinfo, userinfo.slice(0, colon), userinfo.slice(colon + 1)]
  return parts.flatMap((part) => {
    try {
      return [part, decodeURIComponent(part)]
    } catch {
      return [part]
    }
  })
}
