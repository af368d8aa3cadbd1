import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DiscoveryOptions } from '../discovery.ts'
import { discoverProviders } from '../discovery.ts'
import type { RouterOptions } from '../index.ts'
import { createRouter } from '../index.ts'
import { createScriptedProvider } from '../testing/index.ts'

const manifest = {
  id: 'acme',
  name: 'Acme',
  tier: 'beta',
  credentials: [{ variable: 'ACME_API_KEY', option: 'apiKey', required: true, description: 'key of Acme' }],
  capabilities: createScriptedProvider({ id: 'acme', replies: { text: ['x'] } }).capabilities('m'),
}
const provider = { specificationVersion: 1, manifest, plugin: './index.js#acme' }

/** A package whose code must not be loaded: it leaves a trace, and throws. */
const explosive = `globalThis.loadedByDiscovery = true\nthrow new Error('loaded')\n`

let root: string
const trace = globalThis as { loadedByDiscovery?: boolean }

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'llmfb-discovery-')))
  delete trace.loadedByDiscovery
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
  if (trace.loadedByDiscovery) throw new Error('The code of a package was loaded')
})

function write(path: string, content: unknown): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

/** A package with this declaration in `folder`. */
function install(folder: string, declaration: unknown, code: string = explosive): void {
  write(`${folder}/package.json`, { name: 'acme', type: 'module', llmfb: { provider: declaration } })
  write(`${folder}/index.js`, code)
}

/** A project with these dependencies. */
function depend(...names: readonly string[]): void {
  write('package.json', { dependencies: Object.fromEntries(names.map((name) => [name, '*'])) })
}

function discover(options: DiscoveryOptions = {}) {
  return discoverProviders({ from: root, ...options })
}

function idsOf(options?: DiscoveryOptions): readonly string[] {
  const { providers, incompatible } = discover(options)
  expect(incompatible).toEqual([])
  return providers.map((plugin) => plugin.manifest.id)
}

/** What registration says of what is found, beside a provider to live on. */
function statesOf(options: Partial<RouterOptions> = {}, discovery?: DiscoveryOptions) {
  const spare = createScriptedProvider({ id: 'spare', replies: { text: ['x'] } })
  const providers = [spare, ...discover(discovery).providers]
  const router = createRouter({ providers, routes: { chat: ['spare/m'] }, env: {}, ...options })
  return router.providers.slice(1).map(({ id, state }) => [id, state])
}

/** What is wrong with this declaration. */
function problemOf(declaration: unknown) {
  depend('acme')
  install('node_modules/acme', declaration)
  const { providers, incompatible } = discover()
  expect(providers).toEqual([])
  expect(incompatible).toMatchObject([{ package: 'acme' }])
  return incompatible[0]
}

describe('discovery finds', () => {
  it('dependencies that declare a provider, and no other packages', () => {
    depend('acme', '@scope/other', 'plain', 'not-installed', '../outside')
    install('node_modules/acme', provider)
    install('node_modules/@scope/other', { ...provider, manifest: { ...manifest, id: 'other' } })
    install('node_modules/no-dependency', { ...provider, manifest: { ...manifest, id: 'third' } })
    install('outside', provider)
    write('node_modules/plain/package.json', '{ is not JSON')
    expect(idsOf()).toEqual(['acme', 'other'])
  })

  it('optional and peer dependencies, and none of development', () => {
    const named = (id: string) => ({ ...provider, manifest: { ...manifest, id } })
    write('package.json', {
      optionalDependencies: { a: '*' },
      peerDependencies: { b: '*' },
      devDependencies: { c: '*' },
    })
    for (const id of ['a', 'b', 'c']) install(`node_modules/${id}`, named(id))
    expect(idsOf()).toEqual(['a', 'b'])
  })

  it('what is hoisted to a folder above', () => {
    write('apps/web/package.json', { dependencies: { acme: '*' } })
    install('node_modules/acme', provider)
    expect(idsOf({ from: join(root, 'apps/web') })).toEqual(['acme'])
  })

  it('the nearest of two versions', () => {
    write('apps/web/package.json', { dependencies: { acme: '*' } })
    install('node_modules/acme', provider)
    install('apps/web/node_modules/acme', { ...provider, manifest: { ...manifest, id: 'nearest' } })
    expect(idsOf({ from: join(root, 'apps/web') })).toEqual(['nearest'])
  })

  it('what is linked, as pnpm does', () => {
    depend('acme', '@scope/other')
    install('node_modules/.pnpm/acme@1.0.0/node_modules/acme', provider)
    install('elsewhere/other', { ...provider, manifest: { ...manifest, id: 'other' } })
    symlinkSync('.pnpm/acme@1.0.0/node_modules/acme', join(root, 'node_modules/acme'))
    mkdirSync(join(root, 'node_modules/@scope'))
    symlinkSync(join(root, 'elsewhere/other'), join(root, 'node_modules/@scope/other'))
    expect(idsOf()).toEqual(['acme', 'other'])
  })

  it('what is beside the real folder of a project that is itself linked', () => {
    write('store/app/package.json', { dependencies: { acme: '*' } })
    install('store/node_modules/acme', provider)
    symlinkSync(join(root, 'store/app'), join(root, 'app'))
    expect(idsOf({ from: join(root, 'app') })).toEqual(['acme'])
  })

  it('the project by a folder in it, a file, or their URL', () => {
    depend('acme')
    install('node_modules/acme', provider)
    write('src/deep/main.js', '')
    const file = pathToFileURL(join(root, 'src/deep/main.js'))
    for (const from of [join(root, 'src'), join(root, 'src/deep/main.js'), file, file.href]) {
      expect(idsOf({ from })).toEqual(['acme'])
    }
  })

  it('packages that are named, dependencies or not, and only these', () => {
    depend('acme')
    install('node_modules/acme', provider)
    install('node_modules/named', { ...provider, manifest: { ...manifest, id: 'named' } })
    expect(idsOf({ packages: ['named', 'named'] })).toEqual(['named'])
    write('node_modules/plain/package.json', {})
    expect(discover({ packages: ['absent', 'plain', '../acme'] })).toEqual({
      providers: [],
      incompatible: [
        { package: 'absent', path: 'llmfb.provider', problem: 'is not installed' },
        { package: 'plain', path: 'llmfb.provider', problem: 'is not declared: the package has no provider' },
        { package: '../acme', path: 'llmfb.provider', problem: 'is not installed' },
      ],
    })
  })

  it('a manifest in a file of the package', () => {
    depend('acme')
    install('node_modules/acme', { ...provider, manifest: './data/manifest.json' })
    write('node_modules/acme/data/manifest.json', manifest)
    expect(discover().providers[0]?.manifest).toEqual(manifest)
  })
})

describe('what is found', () => {
  const found = (tier: string, credentials = manifest.credentials) => {
    depend('acme')
    install('node_modules/acme', { ...provider, manifest: { ...manifest, tier, credentials } })
  }

  it.each([
    ['beta', {}, 'missing-credentials'],
    ['beta', { env: { ACME_API_KEY: 'k' } }, 'ready'],
    ['experimental', { env: { ACME_API_KEY: 'k' } }, 'gated'],
    ['experimental', { env: { ACME_API_KEY: 'k' }, experimental: ['acme'] }, 'ready'],
    ['planned', { env: { ACME_API_KEY: 'k' }, experimental: ['*'] }, 'planned'],
  ] as const)('is told apart by its data: %s with %j is %s', (tier, options, state) => {
    found(tier)
    expect(statesOf(options)).toEqual([['acme', state]])
  })

  it('has its credentials when they are passed in code, and the id that it is given', () => {
    found('beta')
    expect(statesOf({}, { options: { acme: { apiKey: 'k', id: 'acme-eu' } } })).toEqual([['acme-eu', 'ready']])
  })

  it('is asked for capabilities without being loaded', () => {
    found('beta', [])
    const router = createRouter({ providers: discover().providers, routes: { chat: ['acme/m'] } })
    expect(router.capabilities('chat')).toMatchObject({ streaming: manifest.capabilities.streaming })
    router.status()
  })

  it.each([
    ['another option', { options: { acme: { token: 't' } } }, 'ready'],
    ['another variable', { env: { ACME_OTHER_KEY: 'k' } }, 'ready'],
    ['an option that is nothing', { options: { acme: { token: undefined } } }, 'missing-credentials'],
    ['a variable that is empty', { env: { ACME_OTHER_KEY: ' ' } }, 'missing-credentials'],
    ['nothing', {}, 'missing-credentials'],
  ])('with a key for which %s stands in is told by its declaration', (_, options, state) => {
    depend('acme')
    install('node_modules/acme', { ...provider, standIns: { apiKey: ['token', 'ACME_OTHER_KEY', 'constructor'] } })
    expect(statesOf({}, { env: {}, ...options })).toEqual([['acme', state]])
  })

  it('is not found where a required option is not given', () => {
    const declaration = { ...provider, requiredOptions: ['answers'] }
    expect(problemOf(declaration)).toMatchObject({
      path: 'llmfb.provider.requiredOptions',
      problem: "has 'answers', which is not in options.options",
    })
    expect(idsOf({ options: { acme: { answers: [] } } })).toEqual(['acme'])
  })
})

describe('the code of a package', () => {
  const request = { model: 'chat', messages: [{ role: 'user' as const, content: 'x' }] }
  const ask = (options: DiscoveryOptions = {}) => {
    const { providers } = discover(options)
    const routes = { chat: { stages: [{ targets: ['acme/m'] }], maxAttempts: 1 } }
    return createRouter({ providers, routes, env: { ACME_API_KEY: 'k' } }).chat(request)
  }
  const code = (body: string) => `
    const manifest = ${JSON.stringify(manifest)}
    const usage = { inputTokens: 1, outputTokens: 1 }
    const provider = (id, text) => ({
      specificationVersion: 1, id, capabilities: () => manifest.capabilities,
      chat: async () => ({
        text, content: [{ type: 'text', text }], finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [], model: 'm', provider: id,
      }),
      async *stream() {},
    })
    ${body}
  `

  it('is loaded for the first request, and given its options and context', async () => {
    depend('acme')
    const body = `export const acme = (options) => ({ specificationVersion: 1, manifest,
      create: ({ id, credentials }) => provider(id, JSON.stringify([options, id, credentials])) })`
    install('node_modules/acme', provider, code(body))
    const options = { acme: { region: 'eu' } }
    expect(JSON.parse((await ask({ options })).text)).toEqual([{ region: 'eu' }, 'acme', { ACME_API_KEY: 'k' }])
  })

  it('may export a plugin that is made already, by default', async () => {
    depend('acme')
    const body = `export default { specificationVersion: 1, manifest, create: ({ id }) => provider(id, 'made') }`
    install('node_modules/acme', { ...provider, plugin: './index.js' }, code(body))
    expect((await ask()).text).toBe('made')
  })

  it.each([
    [
      'another tier',
      `export const acme = () => ({ specificationVersion: 1, manifest: { ...manifest, tier: 'experimental' }, create() {} })`,
    ],
    ['no such thing', 'export const other = 1'],
    ['a provider', `export const acme = () => provider('acme', 'x')`],
    ['another version', `export const acme = () => ({ specificationVersion: 2, manifest, create() {} })`],
  ])('that exports %s is refused', async (_, body) => {
    depend('acme')
    install('node_modules/acme', provider, code(body))
    const [plugin] = discover().providers
    const context = { id: 'acme', credentials: {} } as never
    await expect(Promise.resolve(plugin?.create(context))).rejects.toMatchObject({
      code: 'invalid-config',
      issues: [{ path: `${join(root, 'node_modules/acme/index.js')}#acme` }],
    })
  })

  it('that throws when it is loaded fails the attempt, not the router', async () => {
    depend('acme')
    install('node_modules/acme', provider)
    await expect(ask()).rejects.toMatchObject({ code: 'all-attempts-failed', attempts: [{ kind: 'unknown' }] })
    expect(trace.loadedByDiscovery).toBe(true)
    delete trace.loadedByDiscovery
  })
})

describe('a declaration is incompatible', () => {
  it.each([
    ['a text', '.', '', 'must be { specificationVersion: 1, manifest, plugin }'],
    ['a list', [provider], '', 'must be { specificationVersion: 1'],
    ['null', null, '', 'must be { specificationVersion: 1'],
    ['no manifest', { ...provider, manifest: undefined }, '.manifest', 'must be an object, or a file'],
    [
      'a manifest that is not there',
      { ...provider, manifest: './m.json' },
      '.manifest',
      'must be an object, or a file',
    ],
    ['a manifest that is code', { ...provider, manifest: './index.js' }, '.manifest', 'must be a file that holds'],
    [
      'a wrong manifest',
      { ...provider, manifest: { ...manifest, tier: 'stable' } },
      '.manifest.tier',
      'must be one of',
    ],
    ['an id in capitals', { ...provider, manifest: { ...manifest, id: 'Acme' } }, '.manifest.id', 'must be lower case'],
    ['no version', { ...provider, specificationVersion: undefined }, '', 'contract version undefined'],
    ['a later version', { ...provider, specificationVersion: 2 }, '', 'contract version 2'],
    ['a later version that is made otherwise', { ...provider, specificationVersion: 2, plugin: {} }, '', 'version 2'],
    ['no plugin', { ...provider, plugin: undefined }, '.plugin', 'must be a file of the package'],
    ['a plugin that is not there', { ...provider, plugin: './dist/index.js#acme' }, '.plugin', 'must be a file'],
    ['a plugin by a name', { ...provider, plugin: 'acme' }, '.plugin', 'must be a file of the package'],
    ['a plugin that is a folder', { ...provider, plugin: './' }, '.plugin', 'must be a file of the package'],
    ['a plugin of no path', { ...provider, plugin: './\0' }, '.plugin', 'must be a file of the package'],
    ['a plugin by an address', { ...provider, plugin: 'data:text/javascript,1' }, '.plugin', 'must be a file'],
    [
      'options that are no list',
      { ...provider, requiredOptions: 'a' },
      '.requiredOptions',
      'must be an array of names',
    ],
    [
      'stand-ins that are no lists',
      { ...provider, standIns: { apiKey: 'token' } },
      '.standIns',
      'must be an object of',
    ],
    [
      'a variable of every object',
      {
        ...provider,
        manifest: { ...manifest, credentials: [{ ...manifest.credentials[0], variable: 'constructor' }] },
      },
      '.manifest.credentials[0].variable',
      'must be of A-Z',
    ],
  ])('with %s', (_, declaration, path, problem) => {
    expect(problemOf(declaration)).toMatchObject({
      path: `llmfb.provider${path}`,
      problem: expect.stringContaining(problem),
    })
  })

  it.each(['manifest', 'plugin'])('whose %s leads out of the package', (field) => {
    write('node_modules/outside.js', explosive)
    write('node_modules/outside.json', manifest)
    write('node_modules/acme-2/index.js', explosive)
    mkdirSync(join(root, 'node_modules/acme'), { recursive: true })
    symlinkSync('../outside.js', join(root, 'node_modules/acme/link.js'))
    symlinkSync('../outside.json', join(root, 'node_modules/acme/link.json'))
    symlinkSync('..', join(root, 'node_modules/acme/up'))
    const ways = [
      '../outside.js',
      './../outside.js',
      './x/../../outside.json',
      './../acme-2/index.js',
      './link.js',
      './link.json',
    ]
    for (const path of [...ways, './up/outside.json', './up/outside.js', join(root, 'node_modules/outside.json')]) {
      expect(problemOf({ ...provider, [field]: path }), path).toMatchObject({ path: `llmfb.provider.${field}` })
    }
  })

  it('when it has the id of another; neither is taken', () => {
    depend('acme', 'squatter')
    install('node_modules/acme', provider)
    install('node_modules/squatter', provider)
    const path = 'llmfb.provider.manifest.id'
    expect(discover()).toEqual({
      providers: [],
      incompatible: [
        { package: 'acme', path, problem: "is 'acme', as that of squatter is; choose one of them by options.packages" },
        { package: 'squatter', path, problem: "is 'acme', as that of acme is; choose one of them by options.packages" },
      ],
    })
    expect(idsOf({ packages: ['acme'] })).toEqual(['acme'])
  })

  it('and leaves the others as they are', () => {
    depend('bad', 'acme')
    install('node_modules/bad', '.')
    install('node_modules/acme', provider)
    const { providers, incompatible } = discover()
    expect([providers.length, incompatible.length]).toEqual([1, 1])
  })
})

describe('data of others', () => {
  it.each(['__proto__', '\\u005f_proto__'])('reaches no prototype by %s', (name) => {
    depend('acme')
    const poisoned = JSON.stringify({ llmfb: { provider } }).replaceAll(
      '{"',
      `{"${name}":{"polluted":true,"plugin":"./x"},"`,
    )
    write('node_modules/acme/package.json', poisoned)
    write('node_modules/acme/index.js', explosive)
    const { providers } = discover({
      options: { acme: JSON.parse('{"__proto__":{"polluted":true}}') as object as never },
    })
    expect(providers[0]?.manifest).toEqual(manifest)
    expect('polluted' in {} || 'polluted' in (providers[0]?.manifest ?? {})).toBe(false)
    expect(statesOf()).toEqual([['acme', 'missing-credentials']])
  })

  it('gets no options by a name that every object has', () => {
    depend('acme')
    install('node_modules/acme', { ...provider, manifest: { ...manifest, id: 'constructor' } })
    expect(discover({ options: {} }).providers[0]?.configured).toEqual([])
  })

  it('is not read without end', () => {
    depend('acme')
    install('node_modules/acme', { ...provider, manifest: './manifest.json' })
    write('node_modules/acme/manifest.json', JSON.stringify(manifest) + ' '.repeat(5 * 1024 * 1024))
    expect(discover().incompatible).toMatchObject([{ path: 'llmfb.provider.manifest' }])
  })
})

describe('options are refused', () => {
  it.each([
    ['that nobody knows', { form: root }, 'options.form'],
    ['of no list', { packages: 'acme' }, 'options.packages'],
    ['of a provider that are none', { options: { acme: 'key' } }, 'options.options.acme'],
    ['of a provider with an id that is none', { options: { acme: { id: 'Acme' } } }, 'options.options.acme.id'],
    ['of a provider that is not found', { options: { acmee: {} } }, 'options.options.acmee'],
    ['that name no project', { from: '/' }, 'options.from'],
    ['that name no place', { from: 5 }, 'options.from'],
    ['that name a place elsewhere', { from: new URL('https://acme.example/app') }, 'options.from'],
  ])('%s', (_, options, path) => {
    depend('acme')
    install('node_modules/acme', provider)
    expect(() => discover(options as DiscoveryOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-config', issues: [expect.objectContaining({ path })] }),
    )
  })

  it('of a project that cannot be read', () => {
    write('package.json', '{')
    expect(() => discover()).toThrow('options.from')
  })
})
