import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** The version of an installed package, whether or not it exports its package.json. */
function versionOf(name: string): string {
  for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (manifest.name === name) return manifest.version ?? 'unknown'
    } catch {
      // No package.json here: it is further up.
    }
  }
  return 'unknown'
}

/** What the figures were measured with. */
export function describeEnvironment(packages: readonly string[]): string {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU'
  const versions = packages.map((name) => `${name} ${versionOf(name)}`)
  return `Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpu} (${cpus().length} cores)\n${versions.join(', ')}`
}
