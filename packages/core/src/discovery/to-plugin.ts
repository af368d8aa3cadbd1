import { pathToFileURL } from 'node:url'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { Manifest, ProviderPlugin } from '../provider/plugin.ts'
import { checkPlugin, isProvider } from '../registry/check-plugin.ts'
import type { Fields } from '../validation/shape.ts'

/** What a package declares, and what the program has to say of it. */
export interface Declaration {
  readonly specificationVersion: 1
  readonly manifest: Manifest
  /** Passed to the function that the package exports. */
  readonly options: Fields | undefined
  /** Options that need no variable. */
  readonly configured: readonly string[]
  /** The module to load, and the name of its export. */
  readonly file: string
  readonly name: string
}

/** A plugin made of data; the package is loaded when its provider is made. */
export function toPlugin(declaration: Declaration): ProviderPlugin {
  const { specificationVersion, manifest, options = {}, configured } = declaration
  const id = options['id'] as string | undefined
  return {
    specificationVersion,
    manifest: id === undefined ? manifest : { ...manifest, id },
    configured,
    create: async (context) => (await loadPlugin(declaration)).create(context),
  }
}

/** What the package exports, which must be what it declared: it was let in by that. */
async function loadPlugin({ file, name, options, manifest }: Declaration): Promise<ProviderPlugin> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Fields
  const exported = module[name]
  const plugin = (typeof exported === 'function' ? exported(options) : exported) as ProviderPlugin
  const refuse = (problem: string): never => {
    throw new InvalidConfigError([{ path: `${file}#${name}`, problem }])
  }
  const status = checkPlugin(plugin, { env: {}, experimental: new Set(), holderOf: () => undefined })
  if (status.state === 'incompatible') return refuse(`is no plugin: ${status.remedy}`)
  if (isProvider(plugin)) return refuse('must be a plugin, or a function that returns one')
  const { tier } = plugin.manifest
  if (tier !== manifest.tier) return refuse(`is of tier '${tier}' and was declared as '${manifest.tier}'`)
  return plugin
}
