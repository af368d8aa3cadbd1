import type { Tier } from '@llmfb/core/provider'
import { countCases, type Report } from './report.ts'

const ascending: readonly Tier[] = ['planned', 'experimental', 'beta', 'production']

/** Longest that evidence counts, in days, for `production`: services change. */
const longestAgeDays = 180

/** Fewest exchanges with the real service that `production` wants replayed. */
const fewestRecordings = 20

/** What a provider never may get wrong, from `beta` on: no gap is allowed in these groups. */
const vital = ['contract', 'text', 'failures', 'cuts', 'abort', 'keys']

/** What `production` wants without a gap, besides. */
const thorough = ['stream', 'malformed', 'sockets']

/** The tier that a report is evidence for, by the rule in `docs/tiers.md`. Without a report it is `planned`. */
export function tierOf(report: Report | undefined, today?: string): Tier {
  return ascending.findLast((tier) => lackOf(tier, report, today) === undefined) ?? 'planned'
}

/** What a report lacks for a tier that is claimed; undefined where that is not more than it is evidence for. */
export function claimsTooMuch(claimed: Tier, report: Report | undefined): string | undefined {
  const lacking = ascending.slice(0, ascending.indexOf(claimed) + 1).map((tier) => lackOf(tier, report))
  return lacking.find((lack) => lack !== undefined)
}

function lackOf(tier: Tier, report: Report | undefined, today?: string): string | undefined {
  if (tier === 'planned') return undefined
  if (!report) return 'there is no report'
  const share = shareOf(report)
  if (tier === 'experimental') {
    return share < 0.6 ? `${percent(share)} of the cases pass, not 60 %` : gapIn(report, ['contract'])
  }
  if (tier === 'beta') {
    const { failed } = countCases(report)
    if (failed > 0) return `${failed} cases fail`
    return share < 0.9 ? `${percent(share)} of the cases pass, not 90 %` : gapIn(report, vital)
  }
  const beta = lackOf('beta', report, today)
  if (beta !== undefined) return beta
  if (share < 0.95) return `${percent(share)} of the cases pass, not 95 %`
  const age = daysBetween(report.checkedOn, today ?? report.checkedOn)
  if (age > longestAgeDays) return `the evidence is ${age} days old, and counts for ${longestAgeDays}`
  return gapIn(report, thorough) ?? lackOfRecordings(report)
}

function lackOfRecordings({ recordings }: Report): string | undefined {
  const { replayed = 0, of = 0 } = recordings ?? {}
  if (replayed < of) return `${of - replayed} recordings of the real service are not read as they should be`
  return replayed < fewestRecordings ? `${replayed} recordings of the real service, not ${fewestRecordings}` : undefined
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
