import { execFile, execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** What a newcomer gets who installs core and one provider: the packed tarballs in an empty project. */
const root = resolve(import.meta.dirname, '../..')
const project = mkdtempSync(join(tmpdir(), 'llmfb-install-'))
const modules = join(project, 'node_modules')

interface PackageJson {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

function installPacked(folder: string): PackageJson {
  const from = join(root, 'packages', folder)
  const output = execFileSync('pnpm', ['pack', '--pack-destination', project], { cwd: from, encoding: 'utf8' })
  const tarball = output.trim().split('\n').at(-1) ?? ''
  const to = join(modules, '@llmfb', folder)
  mkdirSync(to, { recursive: true })
  execFileSync('tar', ['-xzf', resolve(project, tarball), '-C', to, '--strip-components=1'])
  return JSON.parse(readFileSync(join(to, 'package.json'), 'utf8')) as PackageJson
}

const program = `import { createRouter } from '@llmfb/core'
import { openai } from '@llmfb/provider-openai'

const llm = createRouter({
  providers: [openai({ apiKey: 'key', baseURL: 'BASE_URL' })],
  routes: { chat: ['openai/gpt-5'] },
})
const answer = await llm.chat({ model: 'chat', messages: [{ role: 'user', content: 'Why the sky?' }] })
console.log(answer.text, answer.provider, answer.attempts.length)
`

const discovering = `import { createRouter } from '@llmfb/core'
import { discoverProviders } from '@llmfb/core/discovery'

const { providers, incompatible } = discoverProviders({ from: import.meta.url })
const own = { ...providers[0], manifest: { ...providers[0].manifest, id: 'own', credentials: [] } }
const { providers: [{ id, state }] } = createRouter({ providers: [...providers, own], routes: { chat: ['own/m'] }, env: {} })
const made = await providers[0].create({ id, credentials: { OPENAI_API_KEY: 'key' } })
console.log(id, state, incompatible, made.id)
`

const completion = {
  id: '1',
  object: 'chat.completion',
  model: 'gpt-5',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Because.' }, finish_reason: 'stop' }],
}

describe('core and one provider from their tarballs', () => {
  let packages: readonly PackageJson[]

  beforeAll(() => {
    packages = ['core', 'provider-openai', 'openai-compatible', 'transport'].map(installPacked)
    const sdk = realpathSync(join(root, 'packages/openai-compatible/node_modules/openai'))
    symlinkSync(sdk, join(modules, 'openai'), 'dir')
    const client = realpathSync(join(root, 'packages/transport/node_modules/undici'))
    symlinkSync(client, join(modules, 'undici'), 'dir')
  })
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  it('bring one SDK, the HTTP client and nothing else', () => {
    const own = packages.map(({ name }) => name)
    const needed = packages.flatMap((one) => Object.keys({ ...one.dependencies, ...one.peerDependencies }))
    expect([...new Set(needed)].filter((name) => !own.includes(name))).toEqual(['openai', 'undici'])
  })

  it('hold what is run, its types and its words, and nothing that a build left behind', () => {
    for (const { name } of packages) {
      const files = readdirSync(join(modules, name), { recursive: true, withFileTypes: true })
      const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
      expect(
        paths.filter((path) => !/(?:\.js|\.d\.ts|(?:package|manifest)\.json|README\.md|LICENSE)$/.test(path)),
      ).toEqual([])
    }
  })

  it('need no workspace: every range is a version', () => {
    expect(JSON.stringify(packages)).not.toMatch(/"(?:workspace|catalog):|@llmfb\/source/)
  })

  it('run a ten-line program in JavaScript', async () => {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    try {
      const { port } = server.address() as AddressInfo
      writeFileSync(join(project, 'program.mjs'), program.replace('BASE_URL', `http://127.0.0.1:${port}/v1`))
      const { stdout } = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: project, env: {} })
      expect(stdout).toBe('Because. openai 1\n')
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('are discovered by their data', async () => {
    const dependencies = { '@llmfb/core': '*', '@llmfb/provider-openai': '*' }
    writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies }))
    writeFileSync(join(project, 'discover.mjs'), discovering)
    const { stdout } = await promisify(execFile)(process.execPath, ['discover.mjs'], { cwd: project, env: {} })
    expect(stdout).toBe('openai missing-credentials [] openai\n')
  })

  it('type-check the same program in TypeScript', () => {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: [],
    }
    writeFileSync(join(project, 'program.mts'), program)
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    expect(execFileSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' })).toBe('')
  })
})
