import type { Tier } from '@llmfb/core/provider'
import { countCases, type Report } from './report.ts'

const ascending: readonly Tier[] = ['planned', 'experimental', 'beta', 'production']

/** What each tier takes. `docs/tiers.md` is generated from this. */
export const tierRule = {
  experimental: {
    /** Of the cases that apply, as a share of 1. */
    passes: 0.6,
    /** Groups in which no gap is allowed. */
    without: ['contract'],
  },
  beta: {
    passes: 0.9,
    /** What a provider never may get wrong: what it says, what a failure is, who pays, and whose key it is. */
    without: ['contract', 'text', 'failures', 'cuts', 'abort', 'keys'],
  },
  production: {
    passes: 0.95,
    without: ['contract', 'text', 'failures', 'cuts', 'abort', 'keys', 'stream', 'malformed', 'sockets'],
    /** Exchanges with the real service that are replayed; all there are, and at least so many. */
    recordings: 20,
    /** Longest that evidence counts, in days since the run that wrote the report: services change. */
    days: 180,
  },
} as const

/**
 * The tier that a report is evidence for on the day `today` (`2026-11-21`, in UTC), by the rule in `docs/tiers.md`. Without a
 * report it is `planned`.
 */
export function tierOf(report: Report | undefined, today: string): Tier {
  return ascending.findLast((tier) => lackOf(tier, report, today) === undefined) ?? 'planned'
}

/** What a report lacks on the day `today` for a tier that is claimed; undefined where that is not more than it is evidence for. */
export function claimsTooMuch(claimed: Tier, report: Report | undefined, today: string): string | undefined {
  const lacking = ascending.slice(0, ascending.indexOf(claimed) + 1).map((tier) => lackOf(tier, report, today))
  return lacking.find((lack) => lack !== undefined)
}

function lackOf(tier: Tier, report: Report | undefined, today: string): string | undefined {
  if (tier === 'planned') return undefined
  if (!report) return 'there is no report'
  const { passes, without } = tierRule[tier]
  const failed = countCases(report).failed + (report.mock ? countCases(report.mock).failed : 0)
  if (failed > 0 && tier !== 'experimental') return `${failed} cases fail`
  const share = shareOf(report)
  if (share < passes) return `${percent(share)} of the cases pass, not ${percent(passes)}`
  return gapIn(report, without) ?? (tier === 'production' ? lackOfRealLife(report, today) : undefined)
}

function lackOfRealLife({ recordings, checkedOn }: Report, today: string): string | undefined {
  const { replayed = 0, of = 0 } = recordings ?? {}
  const { recordings: fewest, days } = tierRule.production
  if (replayed < of) return `${of - replayed} recordings of the real service are not read as they should be`
  if (replayed < fewest) return `${replayed} recordings of the real service, not ${fewest}`
  const age = daysBetween(checkedOn, today)
  return age > days ? `the evidence of ${checkedOn} is ${age} days old, and counts for ${days}` : undefined
}

/** How much of what applies passes, from 0 to 1. */
function shareOf(report: Report): number {
  const { passed, gaps, failed } = countCases(report)
  const all = passed + gaps + failed
  return all === 0 ? 0 : passed / all
}

function gapIn({ cases }: Report, groups: readonly string[]): string | undefined {
  for (const [id, result] of Object.entries(cases)) {
    if (result === 'passed' || 'inapplicable' in result) continue
    if (groups.includes(id.slice(0, id.indexOf('.')))) return `${id} does not pass`
  }
  return undefined
}

/** Rounded down, so that what falls short is seen to. */
function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}

function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000)
}
