import type { Seen } from '../../src/stage.ts'

/** How often each provider answered: `{ one: 3, two: 1 }`. */
export function servedBy(seen: readonly Seen[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { provider = 'nobody' } of seen) counts[provider] = (counts[provider] ?? 0) + 1
  return counts
}

/** What became of each call of a request: `one server`, `two success`. */
export function course({ attempts }: Seen): readonly string[] {
  return attempts.map(({ provider, outcome, kind }) => `${provider} ${kind ?? outcome}`)
}

/** Why each target was passed over: `one circuit-open`. */
export function passedOver({ exclusions }: Seen): readonly string[] {
  return exclusions.map(({ target, reason }) => `${target.replace('/m', '')} ${reason}`)
}

/** All calls that requests made. */
export function callsOf(seen: readonly Seen[]): number {
  return seen.reduce((sum, { attempts }) => sum + attempts.length, 0)
}
