// Starts turbo with its telemetry off, and with what is outside of its sight as part of the cache keys: the version of
// Node, and the recordings and descriptions beside the repository.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { repository } from './workspace.mjs'

const summaries = join(repository, '.turbo', 'runs')

/** `{ status, failed }`: the exit code, and the ids of the tasks that failed, such as `@llmfb/core#build` and `//#lint`. */
export function turbo(tasks) {
  const require = createRequire(import.meta.url)
  const cli = join(dirname(require.resolve('turbo/package.json')), 'bin', 'turbo')
  const env = {
    ...process.env,
    LLMFB_NODE: process.version,
    LLMFB_RECORDINGS: hashOfFolder(join(repository, '..', 'shared', 'recordings')),
    LLMFB_SPECS: hashOfFolder(join(repository, '..', 'shared', 'specs')),
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
    '--summarize',
  ]
  rmSync(summaries, { recursive: true, force: true })
  const status = spawnSync(process.execPath, [cli, ...args], { cwd: repository, stdio: 'inherit', env }).status ?? 1
  return { status, failed: failedTasks(summaries) }
}

/** A digest of the names and contents of a folder's files; '' where there is no such folder. */
export function hashOfFolder(folder) {
  if (!existsSync(folder)) return ''
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).toSorted()) {
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
    hash.update(`${name}\n${digest}\n`)
  }
  return hash.digest('hex')
}

/** The ids of the tasks that failed, from turbo's own summary of the run. */
export function failedTasks(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const tasks = files.flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).tasks)
  // One that could not be started has an execution without an exit code, one that waited for another has none at all.
  return tasks.filter(({ execution }) => execution && execution.exitCode !== 0).map(({ taskId }) => taskId)
}

if (process.argv[1] === import.meta.filename) process.exit(turbo(process.argv.slice(2)).status)
