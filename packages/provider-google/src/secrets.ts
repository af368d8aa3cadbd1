import type { ProviderOptions } from '@llmfb/core/provider'

/** Headers whose values anybody may see. All others may hold a password, whatever they are called. */
const harmless = /^(?:accept(?:-.+)?|content-type|user-agent|x-goog-api-client)$/i

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

/** Those that are long enough to be taken out of texts. */
export function worthHiding(secrets: readonly string[]): string[] {
  return secrets.filter((secret) => secret.length >= shortestSecret)
}
