// Starts turbo with its telemetry off, and with the version of Node as part of every cache key.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export function turbo(tasks) {
  const require = createRequire(import.meta.url)
  const cli = join(dirname(require.resolve('turbo/package.json')), 'bin', 'turbo')
  const env = {
    ...process.env,
    LLMFB_NODE: process.version,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  }
  const args = [
    'run',
    ...tasks,
    '--continue=dependencies-successful',
    // Each package's tests use all processors by themselves.
    '--concurrency=2',
    '--output-logs=errors-only',
    '--log-order=grouped',
    '--ui=stream',
  ]
  return spawnSync(process.execPath, [cli, ...args], { stdio: 'inherit', env }).status ?? 1
}

if (process.argv[1] === import.meta.filename) process.exit(turbo(process.argv.slice(2)))
