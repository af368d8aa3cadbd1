import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { discoverProviders } from '../../packages/core/src/discovery.ts'
import { manifests } from '../docs/pages.ts'
import { repository } from '../workspace.mjs'

interface PackageJson {
  readonly name: string
  readonly llmfb: { readonly provider: { readonly plugin: string; readonly requiredOptions?: readonly string[] } }
}

const packages = manifests.map(({ id }) => {
  const folder = `packages/provider-${id}`
  const read = (name: string): unknown => JSON.parse(readFileSync(join(repository, folder, name), 'utf8'))
  return {
    folder,
    manifest: read('manifest.json') as { readonly id: string },
    json: read('package.json') as PackageJson,
  }
})

it('all providers are found by their data, without a line of their code', () => {
  const project = mkdtempSync(join(tmpdir(), 'llmfb-discovery-'))
  try {
    for (const { folder, json } of packages) {
      const [path = ''] = json.llmfb.provider.plugin.split('#')
      const installed = join(project, 'node_modules', json.name)
      mkdirSync(join(installed, path, '..'), { recursive: true })
      for (const file of ['package.json', 'manifest.json']) {
        cpSync(join(repository, folder, file), join(installed, file))
      }
      writeFileSync(join(installed, path), `throw new Error('loaded')`)
    }
    const dependencies = Object.fromEntries(packages.map(({ json }) => [json.name, '*']))
    writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies }))
    const needed = packages.flatMap(({ manifest, json }) => {
      const { requiredOptions = [] } = json.llmfb.provider
      return requiredOptions.length === 0
        ? []
        : [[manifest.id, Object.fromEntries(requiredOptions.map((name) => [name, {}]))] as const]
    })
    const { providers, incompatible } = discoverProviders({
      from: project,
      options: Object.fromEntries(needed),
      env: {},
    })
    expect(incompatible).toEqual([])
    expect(providers.map((plugin) => plugin.manifest)).toEqual(packages.map(({ manifest }) => manifest))
    const { incompatible: unusable } = discoverProviders({ from: project, env: {} })
    expect(unusable.map((one) => one.package)).toEqual(['@llmfb/provider-static'])
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
})

it.each([
  ['sources', 'src/index.ts', ['--conditions=@llmfb/source']],
  ['what is published', 'dist/index.js', []],
])('registering all providers loads no SDK, nor anything else from node_modules: %s', (_what, entry, conditions) => {
  const sources = packages.map(({ folder, json }) => {
    const [, name = ''] = json.llmfb.provider.plugin.split('#')
    return `(await import(${JSON.stringify(join(repository, folder, entry))})).${name}`
  })
  const core = join(repository, 'packages/core', entry)
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { createRouter } = await import(${JSON.stringify(core)})
    const make = [${sources.join(',\n')}]
    const answers = { sorry: 'Sorry.' }
    const { providers } = createRouter({ providers: make.map((one) => one({ answers })), routes: { chat: ['static/sorry'] }, env: {} })
    console.log(JSON.stringify({ ids: providers.map(({ id }) => id), loaded }))
  `
  const options = [...conditions, '--disable-warning=ExperimentalWarning', '--input-type=module']
  const output = execFileSync(process.execPath, [...options, '-e', script], { encoding: 'utf8', cwd: repository })
  const { ids, loaded } = JSON.parse(output) as { readonly ids: readonly string[]; readonly loaded: readonly string[] }
  expect(ids).toEqual(packages.map(({ manifest }) => manifest.id))
  expect(loaded.length).toBeGreaterThan(packages.length)
  const own = /\/packages\/(?:core|openai-compatible|provider-[^/]+)\/(?:src|dist)\//
  expect(loaded.filter((url) => !url.startsWith('node:') && !own.test(url))).toEqual([])
})
