import { parseRateLimits } from '@llmfb/core/provider'
import type { RateLimit, RateLimitNames } from '@llmfb/core/provider'

// https://docs.anthropic.com/en/api/rate-limits#response-headers
const names = (['requests', 'tokens', 'input-tokens', 'output-tokens'] as const).map((counts): RateLimitNames => ({
  counts,
  limit: `anthropic-ratelimit-${counts}-limit`,
  remaining: `anthropic-ratelimit-${counts}-remaining`,
  reset: `anthropic-ratelimit-${counts}-reset`,
}))

/** What the service tells of its limits with an answer; empty where it tells nothing. */
export function readRateLimits(headers: Headers, wallTimeMs: number): readonly RateLimit[] {
  return parseRateLimits((name) => headers.get(name), wallTimeMs, names)
}
