import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '..')

/** The folders of the workspace's packages, as `pnpm-workspace.yaml` has them: `packages/core`, `apps/demo`, `benchmarks`. */
export function packageFolders(root = repository) {
  const inside = (group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => `${group}/${name}`) : []
  return [...inside('packages'), ...inside('apps'), 'benchmarks']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .toSorted()
}
