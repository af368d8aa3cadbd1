/** Takes secrets out of a text. */
export type Redact = (text: string) => string

// Shapes of keys that vendors issue, for secrets that nobody registered: OpenAI, Anthropic, xAI, Google, Groq, AWS, bearer tokens.
const keyShapes =
  /\b(?:sk|xai|gsk|pk|rk|hf|dial)[-_][A-Za-z0-9_*-]{6,}|\bAIza[A-Za-z0-9_-]{20,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/g

/** Makes a redactor that knows `secrets` besides the shapes of the well-known vendors' keys. */
export function createRedactor(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length > 0).sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const secret of known) clean = clean.replaceAll(secret, '[redacted]')
    return clean.replace(keyShapes, '[redacted]')
  }
}

/**
 * A copy of an SDK's error that is safe to keep as a `cause`: name, message, code, status and inner causes survive,
 * redacted; requests, headers and bodies, where keys and content hide, do not.
 */
export function toSafeCause(error: unknown, redact: Redact, depth = 0): Error {
  if (!(error instanceof Error)) return new Error(redact(typeof error === 'string' ? error : typeof error))
  const inner = error.cause !== undefined && depth < 3 ? { cause: toSafeCause(error.cause, redact, depth + 1) } : undefined
  const safe = new Error(redact(error.message), inner)
  const constructorName = error.constructor.name
  Object.defineProperty(safe, 'name', { value: error.name === 'Error' && constructorName ? constructorName : error.name })
  if (error.stack !== undefined) safe.stack = redact(error.stack)
  for (const field of ['code', 'status', 'errno', 'syscall'] as const) {
    const value = (error as unknown as Record<string, unknown>)[field]
    if (typeof value === 'string') Object.assign(safe, { [field]: redact(value) })
    else if (typeof value === 'number') Object.assign(safe, { [field]: value })
  }
  return safe
}
