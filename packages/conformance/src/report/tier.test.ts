import { describe, expect, it } from 'vitest'
import type { CaseResult, Report } from './report.ts'
import { claimsTooMuch, tierOf } from './tier.ts'

const today = '2026-11-21'

/** A report of `passed` cases in each group, and whatever else. */
function reportOf(passed: number, others: Record<string, CaseResult> = {}, change: Partial<Report> = {}): Report {
  const groups = ['contract', 'text', 'stream', 'failures', 'malformed', 'cuts', 'abort', 'sockets', 'keys', 'tools']
  const cases = groups.flatMap((group) =>
    Array.from({ length: passed / groups.length }, (_, index) => [`${group}.case-${index}`, 'passed'] as const),
  )
  return {
    version: 1,
    provider: 'acme',
    dialect: 'words',
    models: ['m'],
    checkedOn: today,
    recordings: { replayed: 20, of: 20 },
    ...change,
    cases: { ...Object.fromEntries(cases), ...others },
  }
}

const gap = { gap: 'the service has no such thing' } as const
const failed = { failed: 'it hangs' } as const
const gapsIn = (count: number, group = 'tools'): Record<string, CaseResult> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${group}.other-${index}`, gap]))

describe('tierOf', () => {
  it.each<readonly [string, Report | undefined, string]>([
    ['no report', undefined, 'planned'],
    ['nothing passed', reportOf(0), 'planned'],
    ['everything', reportOf(100), 'production'],
    ['what does not apply counts for nothing', reportOf(100, { 'tools.x': { inapplicable: 'none' } }), 'production'],
    ['5 gaps in 100', reportOf(100, gapsIn(5)), 'production'],
    ['6 gaps in 106', reportOf(100, gapsIn(6)), 'beta'],
    ['11 gaps in 111', reportOf(100, gapsIn(11)), 'beta'],
    ['12 gaps in 112', reportOf(100, gapsIn(12)), 'experimental'],
    ['66 gaps in 166', reportOf(100, gapsIn(66)), 'experimental'],
    ['67 gaps in 167', reportOf(100, gapsIn(67)), 'planned'],
    ['one failure', reportOf(100, { 'tools.x': failed }), 'experimental'],
    ['a gap in streams', reportOf(100, gapsIn(1, 'stream')), 'beta'],
    ['a gap in what is malformed', reportOf(100, gapsIn(1, 'malformed')), 'beta'],
    ['a gap in sockets', reportOf(100, gapsIn(1, 'sockets')), 'beta'],
    ['a gap in failures', reportOf(100, gapsIn(1, 'failures')), 'experimental'],
    ['a gap in cuts', reportOf(100, gapsIn(1, 'cuts')), 'experimental'],
    ['a gap in aborts', reportOf(100, gapsIn(1, 'abort')), 'experimental'],
    ['a gap in keys', reportOf(100, gapsIn(1, 'keys')), 'experimental'],
    ['a gap in the contract', reportOf(100, gapsIn(1, 'contract')), 'planned'],
    ['few recordings', reportOf(100, {}, { recordings: { replayed: 19, of: 19 } }), 'beta'],
    ['recordings misread', reportOf(100, {}, { recordings: { replayed: 29, of: 30 } }), 'beta'],
  ])('%s', (_name, report, tier) => {
    expect(tierOf(report, today)).toBe(tier)
  })

  it('wants recordings where there are none at all', () => {
    const { recordings: _, ...report } = reportOf(100)
    expect(tierOf(report, today)).toBe('beta')
  })

  it('lets evidence grow old', () => {
    expect(tierOf(reportOf(100), '2027-05-20')).toBe('production')
    expect(tierOf(reportOf(100), '2027-05-21')).toBe('beta')
  })
})

describe('claimsTooMuch', () => {
  it('says what is lacking', () => {
    expect(claimsTooMuch('production', reportOf(100), today)).toBeUndefined()
    expect(claimsTooMuch('planned', undefined, today)).toBeUndefined()
    expect(claimsTooMuch('experimental', undefined, today)).toBe('there is no report')
    expect(claimsTooMuch('beta', reportOf(100, gapsIn(1, 'keys')), today)).toBe('keys.other-0 does not pass')
    expect(claimsTooMuch('beta', reportOf(100, { 'tools.x': failed }), today)).toBe('1 cases fail')
    expect(claimsTooMuch('production', reportOf(100, gapsIn(6)), today)).toBe('94 % of the cases pass, not 95 %')
  })

  it('says how old the evidence is, where that counts', () => {
    expect(claimsTooMuch('production', reportOf(100), '2027-05-20')).toBeUndefined()
    expect(claimsTooMuch('production', reportOf(100), '2027-05-21')).toBe(
      'the evidence of 2026-11-21 is 181 days old, and counts for 180',
    )
    expect(claimsTooMuch('beta', reportOf(100), '2027-05-21')).toBeUndefined()
  })

  it('allows to claim less', () => {
    expect(claimsTooMuch('experimental', reportOf(100), today)).toBeUndefined()
  })
})
