import { createRedactor } from '@llmfb/core/provider'
import type { Redact } from '@llmfb/core/provider'
import { worthHiding } from '@llmfb/transport'

/** What errors must not show of an address that is the caller's own. */
export function secretsOfEndpoint(url: URL | undefined): string[] {
  return url ? [url.host, url.hostname] : []
}

/** The number of an account within a name of AWS, which errors of permissions quote. */
const account = /(?<=\barn:[\w-]*:[\w-]*:[\w-]*:)\d{12}/g

/** Takes out `secrets`, numbers of accounts, and whatever has the shape of a key. */
export function createAwsRedactor(secrets: readonly string[]): Redact {
  const redact = createRedactor(worthHiding(secrets))
  return (text) => redact(text).replace(account, '[redacted]')
}
