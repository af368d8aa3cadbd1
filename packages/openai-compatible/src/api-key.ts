import { createRedactor, type Redact } from '@llmfb/core/provider'
import { collectSecrets } from './secrets.ts'

/** Keys that are kept to be redacted, when a function hands out a new one before each call. */
const rememberedKeys = 4

/** Where the key comes from, and what must never be seen of it. */
export interface ApiKey {
  /** The key of the next call; undefined for a service that needs none. */
  read(): string | undefined | Promise<string | undefined>
  readonly redact: Redact
}

export function createApiKey(
  apiKey: string | (() => string | Promise<string>) | undefined,
  headers: Readonly<Record<string, string>>,
  baseURL: string,
): ApiKey {
  const redactor = (keys: readonly string[]): Redact => createRedactor(collectSecrets(keys, headers, baseURL))
  if (typeof apiKey !== 'function') {
    return { read: () => apiKey, redact: redactor(apiKey === undefined ? [] : [apiKey]) }
  }
  let recent: readonly string[] = []
  let redactRecent = redactor([])
  return {
    async read() {
      const key = await apiKey()
      if (!recent.includes(key)) {
        recent = [key, ...recent].slice(0, rememberedKeys)
        redactRecent = redactor(recent)
      }
      return key
    },
    redact: (text) => redactRecent(text),
  }
}
