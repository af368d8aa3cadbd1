import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConfigIssue } from '../errors/invalid-config-error.ts'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { ProviderPlugin } from '../provider/plugin.ts'
import type { Check } from '../validation/shape.ts'
import { arrayOf, checkFields, fields, idText, isFields, object, text } from '../validation/shape.ts'
import type { Given } from './declared-options.ts'
import { isFile, parseData, readText } from './files.ts'
import { findPackage, findProject } from './find-package.ts'
import { readDeclaration, toDeclared } from './read-declaration.ts'

/** Options of {@link discoverProviders}. */
export interface DiscoveryOptions {
  /** The project whose dependencies are looked at: a folder or a file in it, or their URL. @default the working directory */
  readonly from?: string | URL
  /** Names of the packages to look at. @default the project's dependencies, optional and peer ones included */
  readonly packages?: readonly string[]
  /** What each provider is given in code, by the id in its manifest: `{ openai: { baseURL } }`. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Where variables are that stand in for an option; the router reads credentials itself. @default the process's */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A package that declares a provider which cannot be used. */
export interface IncompatiblePackage {
  readonly package: string
  /** Where in its package.json: `llmfb.provider.manifest.tier`. */
  readonly path: string
  /** What is wrong and what would be right. */
  readonly problem: string
}

/** What {@link discoverProviders} found. */
export interface Discovery {
  /** For `createRouter({ providers })`; none of their code is loaded before it is used. */
  readonly providers: readonly ProviderPlugin[]
  readonly incompatible: readonly IncompatiblePackage[]
}

const ofProvider: Check = fields({ id: idText }, [], true)

const optionsForm: Check = fields({
  from: () => undefined,
  packages: arrayOf(text, 'name of a package'),
  env: object,
  options: (value, path, report) => {
    object(value, path, report)
    if (isFields(value)) for (const id of Object.keys(value)) ofProvider(value[id], `${path}.${id}`, report)
  },
})

/**
 * Finds the installed packages that declare `"llmfb": { "provider": … }` in their package.json. Only data is read: no
 * code of a package is run before the router has let its provider in, and has a request for it.
 *
 * @throws InvalidConfigError for options that are wrong; what is wrong with a package is in `incompatible`
 */
export function discoverProviders(options: DiscoveryOptions = {}): Discovery {
  const issues: ConfigIssue[] = []
  optionsForm(options, 'options', (path, problem) => issues.push({ path, problem }))
  if (issues.length > 0) throw new InvalidConfigError(issues)

  const project = findFrom(options.from)
  const incompatible: IncompatiblePackage[] = []
  const found: { readonly name: string; readonly plugin: ProviderPlugin }[] = []
  const ids = new Set<string>()
  const env = options.env ?? globalThis.process?.env ?? {}
  const givenTo = (id: unknown): Given => {
    if (typeof id !== 'string') return { options: undefined, env }
    ids.add(id)
    const isGiven = options.options !== undefined && Object.hasOwn(options.options, id)
    return { options: isGiven ? options.options[id] : undefined, env }
  }

  for (const name of new Set(options.packages ?? dependenciesOf(project))) {
    const folder = findPackage(name, project)
    const declaration = folder === undefined ? undefined : readDeclaration(folder)
    if (folder !== undefined && declaration !== undefined) {
      const declared = toDeclared(folder, declaration, givenTo)
      if ('problem' in declared) incompatible.push({ package: name, ...declared })
      else found.push({ name, plugin: declared })
    } else if (options.packages !== undefined) {
      const problem = folder === undefined ? 'is not installed' : 'is not declared: the package has no provider'
      incompatible.push({ package: name, path: 'llmfb.provider', problem })
    }
  }

  const providers = found.filter(({ name, plugin: { manifest } }) => {
    const holder = found.find((other) => other.name !== name && other.plugin.manifest.id === manifest.id)?.name
    if (holder === undefined) return true
    const problem = `is '${manifest.id}', as that of ${holder} is; choose one of them by options.packages`
    incompatible.push({ package: name, path: 'llmfb.provider.manifest.id', problem })
    return false
  })

  checkFields(options.options ?? {}, [...ids], 'options.options', (path, problem) => issues.push({ path, problem }))
  if (issues.length > 0) {
    const others = incompatible.map((one) => ({ path: `${one.package}: ${one.path}`, problem: one.problem }))
    throw new InvalidConfigError([...issues, ...others])
  }
  return { providers: providers.map(({ plugin }) => plugin), incompatible }
}

function refuse(path: string, problem: string): never {
  throw new InvalidConfigError([{ path, problem }])
}

function toPath(from: string | URL): string | undefined {
  try {
    return typeof from !== 'string' || from.startsWith('file:') ? fileURLToPath(from) : resolve(from)
  } catch {
    return undefined
  }
}

function findFrom(from: string | URL = ''): string {
  const path = toPath(from)
  const project = path === undefined ? undefined : findProject(isFile(path) ? dirname(path) : path)
  return project ?? refuse('options.from', 'must be a path or file: URL in a folder with a package.json')
}

/** Names of what a project has installed to run with. */
function dependenciesOf(project: string): readonly string[] {
  const data = parseData(readText(join(project, 'package.json')))
  if (!isFields(data)) return refuse('options.from', `must be in a project whose package.json is JSON: ${project}`)
  return ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) => Object.keys(data[field] ?? {}))
}
