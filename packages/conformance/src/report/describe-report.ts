import { countCases, type Report } from './report.ts'
import { tierOf } from './tier.ts'

/** How many requests were checked, and by which description. */
export interface CheckedRequests {
  readonly by: string
  readonly requests: number
}

/** A report for people: the figures, then every gap and failure with its reason. */
export function describeReport(report: Report, checked?: CheckedRequests): string {
  const { passed, gaps, inapplicable, failed } = countCases(report)
  const { recordings, mock } = report
  const replayed = recordings ? `; ${recordings.replayed} of ${recordings.of} recordings replayed` : ''
  const described = checked ? `; ${checked.requests} requests checked by ${checked.by}` : ''
  const second = mock && countCases(mock)
  const against = second
    ? `; against ${mock.service} ${second.passed} passed, ${second.failed} failed, ${second.inapplicable} do not apply`
    : ''
  const told = [...Object.entries(report.cases), ...Object.entries(mock?.cases ?? {})].flatMap(([id, result]) => {
    if (result === 'passed') return []
    if ('gap' in result) return [`  gap ${id}: ${result.gap}`]
    return 'failed' in result ? [`  failed ${id}: ${result.failed}`] : []
  })
  const figures = `${passed} cases passed, ${gaps} gaps, ${failed} failed, ${inapplicable} do not apply${against}${replayed}${described}`
  return [`${report.provider}: ${figures}; evidence for '${tierOf(report, report.checkedOn)}'`, ...told].join('\n')
}
