import type { Manifest, ProviderPlugin } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from '../test.ts'
import { loadedBy } from './loaded-by.ts'

/** What `testPackage` tests. */
export interface PackageTests {
  /** The package's folder, where its `package.json` and its `README.md` are. */
  readonly folder: string
  /** What its entry exports: `import * as surface`. */
  readonly surface: Readonly<Record<string, unknown>> & { readonly manifest: Manifest }
  /** The names of all values that it is meant to export, in any order. */
  readonly exports: readonly string[]
  /** Options that its plugin cannot be made without, as JSON has them. @default none */
  readonly options?: Readonly<Record<string, unknown>>
}

/** As much of a `package.json` as is read. */
interface PackageJson {
  readonly name: string
  readonly files?: readonly string[]
  readonly publishConfig?: { readonly exports?: Entries }
  readonly exports?: Entries
  readonly dependencies?: Readonly<Record<string, string>>
  readonly llmfb?: { readonly provider?: { readonly manifest?: string; readonly plugin?: string } }
}

interface Entries {
  readonly '.'?: { readonly default?: string }
}

type Plugin = (options: Readonly<Record<string, unknown>>) => ProviderPlugin

/**
 * Declares the tests that every package of a provider passes, whatever its service: what it exports, declares and says of
 * itself, and that it is cheap until it is used.
 */
export function testPackage(test: Test, { folder, surface, exports, options = {} }: PackageTests): void {
  const { manifest } = surface
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const json = JSON.parse(read('package.json')) as PackageJson
  const declared = json.llmfb?.provider
  const [entry, name = ''] = declared?.plugin?.split('#') ?? []

  const hasOption = ([option]: [string, string]): boolean =>
    manifest.credentials.some((credential) => credential.option === option)
  const ofService = Object.fromEntries(
    Object.entries({ apiKey: 'a-key', baseURL: 'http://127.0.0.1:9' }).filter(hasOption),
  )

  test('package: it exports what it is meant to, and its README tells of each', async () => {
    deepStrictEqual(Object.keys(surface).sort(), exports.toSorted(), 'what is exported')
    const readme = read('README.md')
    for (const value of exports) ok(new RegExp(`\\b${value}\\b`).test(readme), `README.md does not name ${value}`)
  })

  test('package: its README names each variable of the environment', async () => {
    const readme = read('README.md')
    for (const { variable } of manifest.credentials) {
      ok(readme.includes(variable), `README.md does not name ${variable}`)
    }
  })

  test('package: its package.json declares its manifest and its plugin, and publishes both', async () => {
    strictEqual(typeof surface[name], 'function', 'llmfb.provider.plugin names no function that is exported')
    strictEqual(entry, (json.publishConfig?.exports ?? json.exports)?.['.']?.default, 'where the plugin is exported')
    const data = declared?.manifest ?? 'there is none'
    deepStrictEqual(JSON.parse(read(data)), JSON.parse(JSON.stringify(manifest)), 'the manifest as data')
    ok(json.files?.includes(data.replace(/^\.\//, '')) !== false, `${data} is not published`)
  })

  test('package: its plugin has the id that it is given, and tells what is configured in code', async () => {
    const make = surface[name] as Plugin
    const plain = make(options)
    strictEqual(plain.specificationVersion, 1)
    deepStrictEqual([plain.manifest.id, plain.manifest.tier], [manifest.id, manifest.tier])
    deepStrictEqual([...(plain.configured ?? [])], [], 'configured without options')
    deepStrictEqual(make({ ...options, id: 'another-id' }).manifest, { ...plain.manifest, id: 'another-id' })
    for (const [option, value] of Object.entries(ofService)) {
      deepStrictEqual(
        [...(make({ ...options, [option]: value }).configured ?? [])],
        [option],
        `${option} is configured`,
      )
    }
  })

  test('package: it loads no SDK before its provider is made', async () => {
    const { early, late } = loadedBy({ folder, module: json.name, plugin: name, options: { ...ofService, ...options } })
    deepStrictEqual(early, [], 'loaded by its plugin')
    // Without what is loaded later nothing would have been looked at.
    if (Object.keys(json.dependencies ?? {}).length > 0)
      ok(late.length > 0, 'nothing was loaded by its provider either')
  })
}
