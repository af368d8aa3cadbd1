// Runs the tests of one package (the current directory, or the folder given) and leaves a JSON report beside the usual
// output.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const here = resolve(process.argv[2] ?? '.')
const project = relative(root, here).split(sep).join('/')
const report = join(here, 'reports', 'vitest.json')
const require = createRequire(import.meta.url)
const cli = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs')

rmSync(report, { force: true })
const { status } = spawnSync(
  process.execPath,
  [
    cli,
    'run',
    '--root',
    root,
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(3),
  ],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
