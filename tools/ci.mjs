// Everything that must hold: build, types, lint, format, package checks and all tests; then one line that sums the tests.
import { countRecordings, recordingsLine } from './recordings.mjs'
import { clearReports, summaryLine, sumReports } from './report.mjs'
import { turbo } from './turbo.mjs'

clearReports()
const { status, failed } = turbo([
  'build',
  'check',
  'test',
  'test:tools',
  'types:tools',
  'lint',
  'format:check',
  'knip',
])
const sum = sumReports()
const recordings = countRecordings()
const noneRan = sum.passed + sum.failed === 0

for (const line of [...sum.skips, ...sum.problems]) console.log(line)
if (status !== 0) console.log(`Failed, with output above: ${failed.join(', ') || 'turbo itself'}`)
if (noneRan) console.log('No test ran.')
for (const line of recordings?.problems ?? []) console.log(line)
console.log(
  recordings ? recordingsLine(recordings) : 'No recorded exchange was replayed: ../shared/recordings is not there.',
)
console.log(summaryLine(sum))
process.exitCode = status !== 0 || sum.failed > 0 || noneRan || recordings?.problems.length > 0 ? 1 : 0
