/** In UTF-16 code units. What is shorter stands in ordinary words too, and to take it out would garble every message. */
const shortestSecret = 6

/** Headers whose values anybody may see, of any service. All others may hold a password, whatever they are called. */
const harmless = /^(?:accept(?:-.+)?|cache-control|content-.+|host|origin|referer|user-agent)$/i

/** Those that are long enough to be taken out of texts. */
export function worthHiding(secrets: readonly string[]): string[] {
  return secrets.filter((secret) => secret.length >= shortestSecret)
}

/**
 * What nothing may show of headers that are sent: their values, and what a service may repeat of them.
 *
 * @param alsoHarmless names of headers whose values anybody may see, beside those that are harmless everywhere
 */
export function secretsOfHeaders(headers: Readonly<Record<string, string>>, alsoHarmless?: RegExp): string[] {
  const names = Object.keys(headers).filter((name) => !harmless.test(name) && alsoHarmless?.test(name) !== true)
  return worthHiding(names.flatMap((name) => partsOf(headers[name] ?? '')))
}

/** The value, what follows its scheme, the values of cookies or settings within it, decoded credentials. */
function partsOf(value: string): string[] {
  const settings = value.split(/[;,]/).map((pair) => pair.slice(pair.indexOf('=') + 1).replaceAll('"', ''))
  const parts = [value, ...settings].flatMap((part) => [part, part.trim()])
  const [, scheme, credentials] = /^\s*([A-Za-z][\w-]*)\s+(.+?)\s*$/.exec(value) ?? []
  if (credentials === undefined) return parts
  const isBasic = scheme?.toLowerCase() === 'basic'
  return [...parts, credentials, ...(isBasic ? partsOfUserinfo(fromBase64(credentials)) : [])]
}

/** What nothing may show of an address: the user and the password in it, also where it is no URL. */
export function secretsOfAddress(address: string): string[] {
  const written = /^\s*[^:/?#]+:\/*([^/?#]*)@/.exec(address)?.[1]
  if (written === undefined || written === '') return []
  const forms = [written, ...asParsed(address)]
  return [...worthHiding(forms.flatMap(partsOfUserinfo)), ...forms.map((userinfo) => `${userinfo}@`)]
}

/** As `URL` writes it, and as it is sent. */
function asParsed(address: string): string[] {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const sent = url && basicCredentials(url)
  if (!url || sent === undefined) return []
  return [url.password === '' ? url.username : `${url.username}:${url.password}`, sent]
}

function partsOfUserinfo(userinfo: string): string[] {
  const colon = userinfo.indexOf(':')
  const parts = colon < 0 ? [userinfo] : [userinfo, userinfo.slice(0, colon), userinfo.slice(colon + 1)]
  return parts.flatMap((part) => [part, decoded(part)])
}

/** What follows `Basic` for the user and the password of an address; undefined where it has none. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return btoa(String.fromCharCode(...new TextEncoder().encode(`${decoded(username)}:${decoded(password)}`)))
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Empty where it is no base64. */
function fromBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
  } catch {
    return ''
  }
}
