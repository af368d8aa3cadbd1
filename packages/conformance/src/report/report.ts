/** What became of a case. */
export type CaseResult =
  | 'passed'
  /** Not kept, for a reason. */
  | { readonly gap: string }
  /** There was nothing to keep, for a reason: the service or the model has no such thing. */
  | { readonly inapplicable: string }
  | { readonly failed: string }

/** The evidence for a provider: plain data, kept as `conformance.json` in its package. */
export interface Report {
  /** Version of this form. */
  readonly version: 1
  readonly provider: string
  /** How its service speaks; absent where it has no service. */
  readonly dialect?: string
  readonly models: readonly string[]
  /** Day of the run that wrote it, in UTC: `2026-11-21`; an earlier one where recordings were last replayed on that. */
  readonly checkedOn: string
  /** Answers and errors of the real service that were replayed; absent where there are none. */
  readonly recordings?: { readonly replayed: number; readonly of: number }
  readonly cases: Readonly<Record<string, CaseResult>>
  /** The same cases against a mock of the service that others wrote; absent where there is none. */
  readonly mock?: { readonly service: string; readonly cases: Readonly<Record<string, CaseResult>> }
}

/** How many cases came out in each way. */
export interface Counts {
  readonly passed: number
  readonly gaps: number
  readonly inapplicable: number
  readonly failed: number
}

export function countCases({ cases }: Pick<Report, 'cases'>): Counts {
  const all = Object.values(cases)
  const having = (field: string): number => all.filter((result) => typeof result === 'object' && field in result).length
  return {
    passed: all.filter((result) => result === 'passed').length,
    gaps: having('gap'),
    inapplicable: having('inapplicable'),
    failed: having('failed'),
  }
}

/** Makes a report of results, with its cases in the order in which they were run. */
export function createReport(evidence: {
  readonly provider: string
  readonly dialect?: string
  readonly models: readonly string[]
  readonly results: ReadonlyMap<string, CaseResult>
  readonly recordings: Report['recordings']
  readonly checkedOn: string
  readonly mock?: { readonly service: string; readonly results: ReadonlyMap<string, CaseResult> } | undefined
}): Report {
  const { results, recordings, dialect, mock, ...rest } = evidence
  return {
    version: 1,
    ...rest,
    ...(dialect !== undefined && { dialect }),
    ...(recordings && { recordings }),
    cases: Object.fromEntries(results),
    ...(mock && { mock: { service: mock.service, cases: Object.fromEntries(mock.results) } }),
  }
}
