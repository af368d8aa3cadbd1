// How many of the recorded exchanges with real services, which lie beside the repository, the tests replayed: by the
// names of the tests that passed, `… replays <id>` and `… reports <id>`, in the reports of all packages.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportsOf } from './report.mjs'
import { repository } from './workspace.mjs'

/** Recordings that no test replays, each with the reason. */
export const notReplayed = {}

/**
 * `{ replayed, of, services, problems }`; a service is `{ name, replayed, of }`, and each recording that was not
 * replayed is a problem that names it, unless there is a reason. Undefined where there are no recordings.
 */
export function countRecordings(
  root = repository,
  folder = join(root, '..', 'shared', 'recordings'),
  reasons = notReplayed,
) {
  if (!existsSync(folder)) return undefined
  const passed = namesOfPassed(root)
  const problems = []
  const services = filesOf(folder).map(({ name, ids }) => {
    const missing = ids.filter((id) => !passed.has(id))
    for (const id of missing) if (reasons[id] === undefined) problems.push(`the recording ${id} was not replayed`)
    for (const id of ids) {
      if (passed.has(id) && reasons[id] !== undefined) problems.push(`the recording ${id} was replayed after all`)
    }
    return { name, replayed: ids.length - missing.length, of: ids.length }
  })
  const total = (field) => services.reduce((sum, service) => sum + service[field], 0)
  return { replayed: total('replayed'), of: total('of'), services, problems }
}

export function recordingsLine({ replayed, of, services }) {
  const each = services.map((service) => {
    const { name, replayed: some, of: all } = service
    return some === all ? `${name} ${all}` : `${name} ${some} of ${all}`
  })
  return `${replayed} of ${of} recorded exchanges replayed: ${each.join(', ')}`
}

function filesOf(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'))
  return files.toSorted().map((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    const ids = lines.filter((line) => line !== '').map((line) => JSON.parse(line).id)
    return { name: file.replace('.jsonl', ''), ids }
  })
}

/** The ids in the names of tests that passed, and of none that failed. */
function namesOfPassed(root) {
  const ids = { passed: new Set(), failed: new Set() }
  for (const report of reportsOf(root)) {
    for (const { assertionResults } of report.testResults ?? []) {
      for (const { status, fullName = '' } of assertionResults) {
        const id = /\b(?:replays|reports) ([\w-]+)/.exec(fullName)?.[1]
        if (id !== undefined) ids[status]?.add(id)
      }
    }
  }
  return ids.passed.difference(ids.failed)
}
