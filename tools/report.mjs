// Sums the vitest reports of all packages. A package that should have reported and did not, or reported no test, counts
// as a failure.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolders, repository } from './workspace.mjs'

/** Every folder whose tests are part of the report: the workspace's packages that have a `test` script, and `tools`. */
function testedFolders(root) {
  const tested = packageFolders(root).filter((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    return manifest.scripts?.test !== undefined
  })
  return [...tested, 'tools']
}

const reportOf = (root, folder) => join(root, folder, 'reports', 'vitest.json')

/** Before a run: what an earlier one left must never be counted. */
export function clearReports(root = repository) {
  for (const folder of testedFolders(root)) rmSync(reportOf(root, folder), { force: true })
}

/** `{ passed, failed, skipped, problems, skips }`; each problem and each skipped test is a line that names its package. */
export function sumReports(root = repository) {
  const sum = { passed: 0, failed: 0, skipped: 0, problems: [], skips: [] }
  for (const folder of testedFolders(root)) {
    const part = readReport(reportOf(root, folder))
    sum.passed += part.passed
    sum.failed += part.failed
    sum.skipped += part.skipped
    sum.problems.push(...part.problems.map((problem) => `${folder}: ${problem}`))
    sum.skips.push(...part.skips.map((skip) => `${folder}: ${skip}`))
  }
  return sum
}

/** The reports there are that can be read, as vitest writes them. */
export function reportsOf(root = repository) {
  return testedFolders(root).flatMap((folder) => {
    try {
      return [JSON.parse(readFileSync(reportOf(root, folder), 'utf8'))]
    } catch {
      return [] // `sumReports` tells of it.
    }
  })
}

function readReport(path) {
  const failure = (problem) => ({ passed: 0, failed: 1, skipped: 0, problems: [problem], skips: [] })
  if (!existsSync(path)) return failure('its tests ended without a report')
  let report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return failure('its report cannot be read')
  }
  const files = report.testResults ?? []
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed))
  const tests = files.flatMap((file) => file.assertionResults)
  if (tests.length === 0 && report.success !== false) return failure('it has no test')
  const problems = [
    ...tests.filter(isFailed).map((test) => `failed: ${test.fullName}`),
    ...broken.map((file) => `could not run ${file.name}`),
  ]
  const failed = report.numFailedTests + broken.length
  const unexplained = failed === 0 && report.success === false
  return {
    passed: report.numPassedTests,
    failed: unexplained ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    problems: unexplained ? ['failed outside of any test, see its output above'] : problems,
    skips: tests.filter(isSkipped).map((test) => `skipped: ${test.fullName}`),
  }
}

function isFailed(test) {
  return test.status === 'failed'
}

function isSkipped(test) {
  return test.status === 'skipped' || test.status === 'pending' || test.status === 'todo'
}

export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
