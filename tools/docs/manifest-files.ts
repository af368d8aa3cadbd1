import { relative } from 'node:path'
import { repository } from '../workspace.mjs'
import { folderOf } from './evidence.ts'
import { manifests } from './pages.ts'

/** What discovery reads of each provider package: its manifest as data, by path from the repository's root. */
export function renderManifests(): ReadonlyMap<string, string> {
  return new Map(
    manifests.map((manifest) => [
      `${relative(repository, folderOf(manifest.id))}/manifest.json`,
      `${JSON.stringify(manifest, undefined, 2)}\n`,
    ]),
  )
}
