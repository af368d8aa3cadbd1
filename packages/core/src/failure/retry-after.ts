/** Reads a response header; the name is in lower case. */
export type HeaderReader = (name: string) => string | null | undefined

/**
 * A longer wait than this is taken for a mistake of the service and cut to it: 24 hours. Vendors' daily quotas reset
 * within it.
 */
const longestWaitMs = 24 * 60 * 60 * 1000

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const number = /^\d+(?:\.\d+)?$/
const duration = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/
const durationPart = /(\d+(?:\.\d+)?)(ms|[smhd])/g

function clamp(waitMs: number): number | undefined {
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, Math.ceil(waitMs)), longestWaitMs)
}

/**
 * A span such as `20s`, `1m2.5s`, `820ms` in milliseconds, or undefined where `text` is none. OpenAI's rate-limit
 * headers and Google's `retryDelay` have this form.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase()
  if (trimmed.length > 40 || !duration.test(trimmed)) return undefined
  let totalMs = 0
  for (const [, amount, unit] of trimmed.matchAll(durationPart)) totalMs += Number(amount) * (units[unit ?? ''] ?? 0)
  return clamp(totalMs)
}

// RFC 9110, 5.6.7: IMF-fixdate, and the two obsolete forms that a recipient must accept: RFC 850 and asctime.
const httpDate =
  /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? (?:\d{2}[ -][a-z]{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2} gmt|[a-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/i
const isoDate = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:z|[+-]\d{2}:?\d{2})$/i

function parseDate(text: string, wallTimeMs: number): number | undefined {
  const iso = isoDate.test(text)
  if (!iso && !httpDate.test(text)) return undefined
  let date = text
  if (!iso && !/gmt$/i.test(text)) date = `${text} GMT` // asctime carries no zone and means GMT
  const rfc850Year = /^[a-z]+, \d{2}-[a-z]{3}-(\d{2}) /i.exec(date)
  if (rfc850Year) {
    // A two-digit year means the one closest to now that is not over 50 years ahead (RFC 9110, 5.6.7).
    const century = new Date(wallTimeMs).getUTCFullYear()
    let year = century - (century % 100) + Number(rfc850Year[1])
    if (year > century + 50) year -= 100
    date = date.replace(/-(\d{2}) /, ` ${year} `).replace('-', ' ')
  }
  const at = Date.parse(date)
  return Number.isNaN(at) ? undefined : clamp(at - wallTimeMs)
}

function parseSeconds(text: string, wallTimeMs: number): number | undefined {
  const trimmed = text.trim()
  if (number.test(trimmed)) return clamp(Number(trimmed) * 1000)
  return parseDuration(trimmed) ?? parseDate(trimmed, wallTimeMs)
}

function parseMilliseconds(text: string): number | undefined {
  const trimmed = text.trim()
  return number.test(trimmed) ? clamp(Number(trimmed)) : undefined
}

/**
 * How long a service asks to be left alone, in milliseconds from now (0 to 24 hours), or undefined where it says
 * nothing that can be understood. Reads `retry-after-ms`, `x-ms-retry-after-ms` and `retry-after` with seconds, a span,
 * an HTTP date in any of its three forms, or an ISO date.
 *
 * @param wallTimeMs now, in milliseconds since 1970
 */
export function parseRetryAfter(header: HeaderReader, wallTimeMs: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const text = header(name)
    const waitMs = text == null ? undefined : parseMilliseconds(text)
    if (waitMs !== undefined) return waitMs
  }
  const text = header('retry-after')
  if (text == null) return undefined
  // A date is by the service's clock, which may be another; so is the answer's own.
  const sentAt = Date.parse(header('date') ?? '')
  return parseSeconds(text, Number.isNaN(sentAt) ? wallTimeMs : sentAt)
}
