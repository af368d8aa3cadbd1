// Everything that must hold: build, types, lint, format, package checks and all tests; then one line that sums the tests.
import { clearReports, summaryLine, sumReports } from './report.mjs'
import { turbo } from './turbo.mjs'

clearReports()
const status = turbo(['build', 'check', 'test', 'test:tools', 'types:tools', 'lint', 'format:check', 'knip'])
const sum = sumReports()
const noneRan = sum.passed + sum.failed === 0

for (const line of [...sum.skips, ...sum.problems]) console.log(line)
if (status !== 0 && sum.failed === 0) console.log('A build or a check failed; its output is above.')
if (noneRan) console.log('No test ran.')
console.log(summaryLine(sum))
process.exitCode = status !== 0 || sum.failed > 0 || noneRan ? 1 : 0
