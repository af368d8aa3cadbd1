import { join as joinPath } from 'node:path'
import type { ProviderPlugin } from '../provider/plugin.ts'
import { checkPlugin } from '../registry/check-plugin.ts'
import type { Fields } from '../validation/shape.ts'
import { isFields, isText } from '../validation/shape.ts'
import type { Given } from './declared-options.ts'
import { findConfigured, findMissingOption } from './declared-options.ts'
import { fileInside, parseData, readText } from './files.ts'
import type { Problem } from './problem.ts'
import { place } from './problem.ts'
import { toPlugin } from './to-plugin.ts'

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

/**
 * The declared provider as a plugin that has loaded nothing yet.
 *
 * @param givenTo what the program, or its environment, gives to the provider of this id
 */
export function toDeclared(folder: string, declaration: unknown, givenTo: (id: unknown) => Given): Declared {
  if (!isFields(declaration)) {
    return { path: place, problem: 'must be { specificationVersion: 1, manifest, plugin }' }
  }
  const manifest = readManifest(folder, declaration['manifest'])
  if (typeof manifest === 'string') return { path: `${place}.manifest`, problem: manifest }
  const { plugin, specificationVersion } = declaration
  const given = givenTo(manifest['id'])
  const configured = findConfigured(declaration, given)
  if ('problem' in configured) return configured
  const [path, name = 'default'] = isText(plugin) ? plugin.split('#') : []
  const file = fileInside(folder, path)
  const found = toPlugin({
    specificationVersion: specificationVersion as 1,
    manifest: manifest as unknown as ProviderPlugin['manifest'],
    options: given.options,
    configured,
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
  return findOddVariable(found.manifest) ?? findMissingOption(declaration, configured) ?? found
}
