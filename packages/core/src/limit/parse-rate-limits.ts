import { type HeaderReader, parseDuration } from '../failure/retry-after.ts'
import type { RateLimit } from '../provider/rate-limit.ts'

/** The headers, in lower case, that tell of one limit. */
export interface RateLimitNames {
  readonly counts: RateLimit['counts']
  readonly limit: string
  readonly remaining: string
  readonly reset: string
  /** Tells the seconds in which all of the limit comes back. */
  readonly period?: string
}

const named = (counts: RateLimit['counts'], suffix: string): RateLimitNames => ({
  counts,
  limit: `x-ratelimit-limit${suffix}`,
  remaining: `x-ratelimit-remaining${suffix}`,
  reset: `x-ratelimit-reset${suffix}`,
  period: `x-ratelimit-renewalperiod${suffix}`,
})

/** What most services send. The fields of the IETF's draft (`ratelimit-*`, up to its version 6) count requests. */
const usualNames: readonly RateLimitNames[] = [
  named('tokens', '-tokens'),
  named('tokens', '-tokens-minute'),
  named('requests', '-requests'),
  named('requests', '-req-minute'),
  named('requests', ''),
  { counts: 'requests', limit: 'ratelimit-limit', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' },
]

const none: readonly RateLimit[] = []
/** As in `parseRetryAfter`: what is longer is a mistake of the service. */
const longestResetMs = 24 * 60 * 60 * 1000

const isoDate = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:z|[+-]\d{2}:?\d{2})$/i
const decimal = /^\d+(?:\.\d+)?$/

/** A number, behind which the IETF's draft allows parameters. */
function readNumber(text: string | null | undefined): number | undefined {
  if (text == null) return undefined
  const digits = decimal.test(text) ? text : text.replace(/;[^,]*$/, '').trim()
  return decimal.test(digits) ? Number(digits) : undefined
}

/** A time by the clock of the service, which need not agree with ours. */
function untilDate(at: number, header: HeaderReader, wallTimeMs: number): number {
  const sentAt = Date.parse(header('date') ?? '')
  return at - (Number.isNaN(sentAt) ? wallTimeMs : sentAt)
}

function readReset(names: RateLimitNames, header: HeaderReader, wallTimeMs: number): number | undefined {
  const text = header(names.reset)
  if (text == null) return undefined
  const amount = readNumber(text)
  if (amount === undefined) {
    return isoDate.test(text) ? untilDate(Date.parse(text), header, wallTimeMs) : parseDuration(text)
  }
  if (amount > 1e9) return untilDate(amount > 1e11 ? amount : amount * 1000, header, wallTimeMs)
  // Seconds, unless that would be longer than the whole period: the same service sends seconds and milliseconds.
  const period = amount > 0 && names.period !== undefined ? readNumber(header(names.period)) : undefined
  return amount > (period ?? Infinity) ? amount : amount * 1000
}

function toRateLimit(counts: RateLimit['counts'], remaining: number, limit?: number, resetMs?: number): RateLimit {
  const told: { -readonly [Field in keyof RateLimit]: RateLimit[Field] } = { counts, remaining }
  if (limit !== undefined && limit > 0) told.limit = limit
  // NaN is a date that there is not.
  if (resetMs !== undefined && !Number.isNaN(resetMs)) {
    told.resetsInMs = Math.min(Math.max(0, Math.ceil(resetMs)), longestResetMs)
  }
  return told
}

/** A parameter of a structured field, if it is there once. */
function readParameter(text: string, name: string): number | undefined {
  const found = [...text.matchAll(new RegExp(`(?:^|[;,\\s])(?:${name})=(\\d+)`, 'g'))]
  return found.length === 1 ? Number(found[0]?.[1]) : undefined
}

/** The IETF's draft from version 7 on: `limit=100, remaining=50, reset=30`, later `"name";r=50;t=30`. */
function readStructured(header: HeaderReader): RateLimit | undefined {
  const text = header('ratelimit')
  if (text == null) return undefined
  const policy = header('ratelimit-policy') ?? ''
  // Several limits at once, or one that counts something else.
  const remaining = readParameter(text, 'r|remaining')
  if (remaining === undefined || /\bqu=(?!"?requests\b)/.test(policy)) return undefined
  const limit = readParameter(text, 'limit') ?? readParameter(policy, 'q')
  const seconds = readParameter(text, 't|reset')
  return toRateLimit('requests', remaining, limit, seconds === undefined ? undefined : seconds * 1000)
}

/**
 * Where a service stands with its rate limits, by the headers of an answer; nothing where it does not tell, or not in a
 * way that can be understood. Reads `x-ratelimit-{limit,remaining,reset}` with `-requests`, `-tokens` or nothing behind
 * it, and the IETF's draft. A reset may be a span (`1m2.5s`), seconds, seconds or milliseconds since 1970, or an ISO date.
 *
 * @param wallTimeMs now, in milliseconds since 1970; used where the answer has a date as its reset, and none of its own
 * @param names headers to read instead of the usual ones; of those that count the same, the first that is there
 */
export function parseRateLimits(
  header: HeaderReader,
  wallTimeMs: number,
  names: readonly RateLimitNames[] = usualNames,
): readonly RateLimit[] {
  let found: RateLimit[] | undefined
  let counted: RateLimit['counts'] | undefined
  for (const name of names) {
    if (name.counts === counted) continue
    const remaining = readNumber(header(name.remaining))
    if (remaining === undefined) continue
    counted = name.counts
    const limit = readNumber(header(name.limit)?.split(',', 1)[0])
    // Where nothing is missing, nothing has to come back.
    const resetMs = limit !== undefined && remaining >= limit ? undefined : readReset(name, header, wallTimeMs)
    found ??= []
    found.push(toRateLimit(counted, remaining, limit, resetMs))
  }
  if (found !== undefined) return found
  if (names !== usualNames) return none
  const structured = readStructured(header)
  return structured === undefined ? none : [structured]
}
