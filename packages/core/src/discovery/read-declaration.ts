import { join as joinPath } from 'node:path'
import type { ProviderPlugin } from '../provider/plugin.ts'
import { checkPlugin } from '../registry/check-plugin.ts'
import type { Fields } from '../validation/shape.ts'
import { isFields, isText } from '../validation/shape.ts'
import { fileInside, parseData, readText } from './files.ts'
import { toPlugin } from './to-plugin.ts'

/** Where in the package.json of a provider its declaration is. */
const place = 'llmfb.provider'

/** What is wrong with a declaration, and where. */
export interface Problem {
  readonly path: string
  readonly problem: string
}

/** A declared provider, or what is wrong with the declaration. */
export type Declared = ProviderPlugin | Problem

/** What the package in `folder` says of its provider; undefined where it says nothing. */
export function readDeclaration(folder: string): unknown {
  const text = readText(joinPath(folder, 'package.json'))
  if (text?.includes('"llmfb"') !== true) return undefined
  const data = parseData(text)
  const own = isFields(data) ? data['llmfb'] : undefined
  return isFields(own) ? own['provider'] : undefined
}

/** The manifest, which stands in the declaration itself or in a file of the package; or what is wrong with it. */
function readManifest(folder: string, given: unknown): Fields | string {
  if (isFields(given)) return given
  const file = fileInside(folder, given)
  if (file === undefined) return 'must be an object, or a file of the package: ./manifest.json'
  const data = parseData(readText(file))
  return isFields(data) ? data : 'must be a file that holds an object of JSON'
}

/** Variables as they are usual: no name of what every object has, such as `constructor`. */
function findOddVariable({ credentials }: ProviderPlugin['manifest']): Problem | undefined {
  const index = credentials.findIndex(({ variable }) => !/^[A-Z][A-Z0-9_]*$/.test(variable))
  const path = `${place}.manifest.credentials[${index}].variable`
  return index < 0 ? undefined : { path, problem: 'must be of A-Z, 0-9 and _' }
}

/** Options without which the provider can answer nothing, such as the answers of one that makes none up. */
function findMissingOption(
  { requiredOptions = [] }: Fields,
  { manifest, configured }: ProviderPlugin,
): Problem | undefined {
  const path = `${place}.requiredOptions`
  if (!Array.isArray(requiredOptions) || !requiredOptions.every(isText)) {
    return { path, problem: 'must be an array of names' }
  }
  const missing = requiredOptions.find((name) => configured?.includes(name) !== true)
  if (missing === undefined) return undefined
  return {
    path,
    problem: `has '${missing}', which was not given: pass { options: { '${manifest.id}': { ${missing} } } }`,
  }
}

/**
 * The declared provider as a plugin that has loaded nothing yet.
 *
 * @param optionsOf what the program passes to the provider of this id
 */
export function toDeclared(
  folder: string,
  declaration: unknown,
  optionsOf: (id: unknown) => Fields | undefined,
): Declared {
  if (!isFields(declaration)) {
    return { path: place, problem: 'must be { specificationVersion: 1, manifest, plugin }' }
  }
  const manifest = readManifest(folder, declaration['manifest'])
  if (typeof manifest === 'string') return { path: `${place}.manifest`, problem: manifest }
  const { plugin, specificationVersion } = declaration
  const [path, name = 'default'] = isText(plugin) ? plugin.split('#') : []
  const file = fileInside(folder, path)
  const found = toPlugin({
    specificationVersion: specificationVersion as 1,
    manifest: manifest as unknown as ProviderPlugin['manifest'],
    options: optionsOf(manifest['id']),
    file: file ?? '',
    name,
  })
  const status = checkPlugin(found, {
    env: Object.create(null) as object as Record<string, undefined>,
    experimental: new Set(),
    holderOf: () => undefined,
  })
  if (status.state === 'incompatible') {
    const [, field, problem] = /^(manifest\S*) (.*)$/.exec(status.remedy) ?? []
    return field === undefined || problem === undefined
      ? { path: place, problem: `cannot be used: ${status.remedy}` }
      : { path: `${place}.${field}`, problem }
  }
  // Checked after the version: what a later one calls a plugin is not known here.
  if (file === undefined) {
    return {
      path: `${place}.plugin`,
      problem: 'must be a file of the package and what it exports: ./dist/index.js#name',
    }
  }
  return findOddVariable(found.manifest) ?? findMissingOption(declaration, found) ?? found
}
