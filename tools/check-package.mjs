// Checks one package (the current directory): the types of its sources and tests, and, if it is published, its tarball.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '..', 'node_modules', '.bin')
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32', ...options })
  if (status !== 0) {
    console.error(`${manifest.name}: ${[command.slice(command.lastIndexOf('/') + 1), ...args].join(' ')} failed`)
    process.exitCode = 1
  }
  return status === 0
}

run(join(bin, 'tsc'), ['-b', 'tsconfig.test.json'])

if (!manifest.private) {
  const folder = mkdtempSync(join(tmpdir(), 'llmfb-pack-'))
  try {
    if (run('pnpm', ['pack', '--pack-destination', folder], { stdio: ['ignore', 'ignore', 'inherit'] })) {
      const tarball = join(folder, readdirSync(folder)[0])
      run(join(bin, 'publint'), ['run', tarball, '--strict'])
      run(join(bin, 'attw'), [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'table-flipped'])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
