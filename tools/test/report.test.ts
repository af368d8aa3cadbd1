import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clearReports, summaryLine, sumReports } from '../report.mjs'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'llmfb-report-'))
  write('packages/a/package.json', { scripts: { test: 'test' } })
  write('packages/b/package.json', { scripts: {} })
  write('tools/reports/vitest.json', report({ numPassedTests: 2 }))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), JSON.stringify(content))
}

function report(parts: object): object {
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
  const testResults = [{ name: 'some.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] }]
  return { ...none, success: true, testResults, ...parts }
}

it('sums passed, failed and skipped', () => {
  write('packages/a/reports/vitest.json', report({ numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 }))
  expect(summaryLine(sumReports(root))).toBe('5 passed, 0 failed, 2 skipped')
})

it('names what was skipped', () => {
  const assertionResults = [{ status: 'skipped', fullName: 'on Node 20' }]
  const testResults = [{ name: 'a.test.ts', status: 'passed', assertionResults }]
  write('packages/a/reports/vitest.json', report({ numPendingTests: 1, testResults }))
  expect(sumReports(root).skips).toEqual(['packages/a: skipped: on Node 20'])
})

it('counts a package without a report as failed', () => {
  const sum = sumReports(root)
  expect(summaryLine(sum)).toBe('2 passed, 1 failed, 0 skipped')
  expect(sum.problems).toEqual(['packages/a: its tests ended without a report'])
})

it.each([[[]], [[{ name: 'a.test.ts', status: 'passed', assertionResults: [] }]]])(
  'counts a package without a test as failed (%j)',
  (testResults) => {
    write('packages/a/reports/vitest.json', report({ testResults }))
    const sum = sumReports(root)
    expect(summaryLine(sum)).toBe('2 passed, 1 failed, 0 skipped')
    expect(sum.problems).toEqual(['packages/a: it has no test'])
  },
)

it('counts a file that could not run as failed', () => {
  const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }]
  write('packages/a/reports/vitest.json', report({ success: false, testResults }))
  expect(sumReports(root)).toMatchObject({ failed: 1, problems: ['packages/a: could not run a.test.ts'] })
})

it('counts errors outside of any test as failed', () => {
  write('packages/a/reports/vitest.json', report({ success: false, numPassedTests: 1 }))
  expect(sumReports(root).failed).toBe(1)
})

it('clears what an earlier run left', () => {
  write('packages/a/reports/vitest.json', report({ numPassedTests: 3 }))
  clearReports(root)
  expect(summaryLine(sumReports(root))).toBe('0 passed, 2 failed, 0 skipped')
})
