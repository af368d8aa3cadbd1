import { createRedactor } from '@llmfb/core/provider'
import type { ProviderOptions, Redact } from '@llmfb/core/provider'

/** Headers whose values anybody may see. All others may hold a password, whatever they are called. */
const harmless = /^(?:accept(?:-.+)?|content-type|user-agent)$/i

/** In UTF-16 code units. What is shorter stands in ordinary words too, and to take it out would garble every message. */
const shortestSecret = 6

/** What errors must not show of the headers that the caller sends. */
export function secretsOfHeaders(headers: ProviderOptions['headers'] = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => !harmless.test(name))
    .flatMap(([name, value]) => [
      value,
      value.trim(),
      value.replace(/^\S+\s+/, ''), // without its scheme, such as `Basic`
      ...(/cookie/i.test(name) ? value.split(/;\s*/).map((pair) => pair.slice(pair.indexOf('=') + 1)) : []),
    ])
}

/** What errors must not show of an address that is the caller's own. */
export function secretsOfAddress(url: URL | undefined): string[] {
  return url ? [url.host, url.hostname] : []
}

/** The number of an account within a name of AWS, which errors of permissions quote. */
const account = /(?<=\barn:[\w-]*:[\w-]*:[\w-]*:)\d{12}/g

/** Takes out `secrets`, numbers of accounts, and whatever has the shape of a key. */
export function createAwsRedactor(secrets: readonly string[]): Redact {
  const redact = createRedactor(secrets.filter((secret) => secret.length >= shortestSecret))
  return (text) => redact(text).replace(account, '[redacted]')
}
