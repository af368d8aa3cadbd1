import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from './report.ts'

const fileName = 'conformance.json'

export function readReport(folder: string): Report | undefined {
  const path = join(folder, fileName)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined
}

export function writeReport(folder: string, report: Report): void {
  writeFileSync(join(folder, fileName), `${JSON.stringify(report, undefined, 2)}\n`)
}

/** What differs first between the report that is kept and a new one; undefined where nothing but the day does. */
export function compareReports(kept: Report | undefined, report: Report): string | undefined {
  if (!kept) return 'there is none'
  for (const field of ['version', 'provider', 'dialect', 'models', 'recordings'] as const) {
    if (!isSame(kept[field], report[field])) return field
  }
  const found = firstDifference(kept.cases, report.cases)
  if (found !== undefined || isSame(kept.mock, report.mock)) return found
  return `mock: ${firstDifference(kept.mock?.cases ?? {}, report.mock?.cases ?? {}) ?? 'service'}`
}

function firstDifference(kept: Report['cases'], cases: Report['cases']): string | undefined {
  const ids = new Set([...Object.keys(kept), ...Object.keys(cases)])
  return [...ids].find((id) => !isSame(kept[id], cases[id]))
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
