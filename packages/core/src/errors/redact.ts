/** Takes secrets out of a text. */
export type Redact = (text: string) => string

// Shapes of keys that vendors issue, for secrets that nobody registered: OpenAI, Anthropic, xAI, Google, Groq, AWS, bearer tokens.
const keyShapes =
  /(?<![A-Za-z])(?:(?:sk|xai|gsk|pk|rk|hf|dial)[-_][A-Za-z0-9_*-]{6,}|AIza[A-Za-z0-9_-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|(?:Bearer|bearer|BEARER|Basic|basic)\s+[A-Za-z0-9._~+/=-]{6,})/g

/** Makes a redactor that knows `secrets` besides the shapes of the well-known vendors' keys. */
export function createRedactor(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length > 0).sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const secret of known) clean = clean.replaceAll(secret, '[redacted]')
    return clean.replace(keyShapes, '[redacted]')
  }
}

/** The value of an error's field, or undefined where it has none or does not give it. */
function valueOf(error: Error, field: string): unknown {
  try {
    return (error as unknown as Readonly<Record<string, unknown>>)[field]
  } catch {
    return undefined
  }
}

/**
 * A copy of an SDK's error that is safe to keep as a `cause`: name, message, code, status and inner causes survive,
 * redacted; requests, headers and bodies, where keys and content hide, do not.
 */
export function toSafeCause(error: unknown, redact: Redact, depth = 0): Error {
  if (!(error instanceof Error)) return new Error(redact(typeof error === 'string' ? error : typeof error))
  const text = (field: string): string | undefined => {
    const value = valueOf(error, field)
    return typeof value === 'string' ? redact(value) : undefined
  }
  const cause = valueOf(error, 'cause')
  const inner = cause !== undefined && depth < 3 ? { cause: toSafeCause(cause, redact, depth + 1) } : undefined
  const safe = new Error(text('message') ?? '', inner)
  // Some SDKs name all their errors 'Error', and only the class tells them apart.
  const own = text('name') ?? 'Error'
  const constructor = valueOf(error, 'constructor')
  const name = own === 'Error' && typeof constructor === 'function' ? constructor.name : own
  Object.defineProperty(safe, 'name', { value: name === '' ? own : name })
  safe.stack = text('stack') ?? `${name}: ${safe.message}`
  for (const field of ['code', 'status', 'errno', 'syscall']) {
    const value = valueOf(error, field)
    if (typeof value === 'string') Object.assign(safe, { [field]: redact(value) })
    else if (typeof value === 'number') Object.assign(safe, { [field]: value })
  }
  return safe
}
