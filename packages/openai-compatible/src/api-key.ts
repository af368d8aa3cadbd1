import { createRedactor, type Redact } from '@llmfb/core/provider'

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
): ApiKey {
  // Whoever passes headers of their own may put a key into any of them.
  const secrets = Object.entries(headers).flatMap(([name, value]) =>
    /auth|key|token|secret|cookie/i.test(name) ? [value] : [],
  )
  if (typeof apiKey !== 'function') {
    return { read: () => apiKey, redact: createRedactor(apiKey === undefined ? secrets : [...secrets, apiKey]) }
  }
  let recent: readonly string[] = []
  let redactRecent = createRedactor(secrets)
  return {
    async read() {
      const key = await apiKey()
      if (!recent.includes(key)) {
        recent = [key, ...recent].slice(0, rememberedKeys)
        redactRecent = createRedactor([...secrets, ...recent])
      }
      return key
    },
    redact: (text) => redactRecent(text),
  }
}
