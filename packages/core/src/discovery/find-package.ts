import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isFile, isFolder } from './files.ts'

/** A name that stays inside of `node_modules`. */
const packageName = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/

function* upFrom(folder: string): Generator<string, void> {
  yield folder
  for (let at = folder; dirname(at) !== at;) yield (at = dirname(at))
}

/** The real folder of the project that `folder` belongs to: the nearest with a package.json, itself included. */
export function findProject(folder: string): string | undefined {
  for (const at of upFrom(folder)) if (isFile(join(at, 'package.json'))) return realpathSync(at)
  return undefined
}

/**
 * The real folder of an installed package, looked for as Node does for an import in `project`: in its `node_modules` and
 * in those of the folders above it. Links are followed, so that a module of it is the one that an import would load.
 */
export function findPackage(name: string, project: string): string | undefined {
  if (!packageName.test(name)) return undefined
  for (const at of upFrom(project)) {
    const folder = join(at, 'node_modules', name)
    if (isFolder(folder)) return realpathSync(folder)
  }
  return undefined
}
