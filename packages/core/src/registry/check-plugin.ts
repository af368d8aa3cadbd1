import type { Credential, Manifest, ProviderPlugin, Tier } from '../provider/plugin.ts'
import { isFields } from '../validation/shape.ts'
import type { PluginStatus } from './plugin-status.ts'

/** What the checks look at besides the plugin. */
export interface CheckContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ids of experimental providers that are admitted; `*` admits all. */
  readonly experimental: ReadonlySet<string>
  readonly taken: ReadonlyMap<string, unknown>
}

const tiers: readonly Tier[] = ['production', 'beta', 'experimental', 'planned']
const idForm = /^[a-z][a-z0-9-]*$/

function isCredential(value: unknown): boolean {
  return isFields(value) && typeof value['variable'] === 'string' && typeof value['option'] === 'string'
}

/** What is wrong with the plugin's form, if anything. */
function findMisshape(plugin: unknown): string | undefined {
  if (!isFields(plugin))
    return 'it is not an object; call the function that the package exports, and pass what it returns'
  if (!isFields(plugin['manifest'])) return 'it has no manifest'
  if (typeof plugin['create'] !== 'function') return 'its create is not a function'
  const { id, name, tier, credentials, capabilities } = plugin['manifest']
  if (typeof id !== 'string' || !idForm.test(id)) return 'manifest.id must be lower case letters, digits and -'
  if (typeof name !== 'string' || name === '') return 'manifest.name must be a name'
  if (!tiers.includes(tier as Tier)) return `manifest.tier must be one of ${tiers.join(', ')}`
  if (!Array.isArray(credentials) || !credentials.every(isCredential)) {
    return 'manifest.credentials must be an array of { variable, option, required, description }'
  }
  if (!isFields(capabilities)) return 'manifest.capabilities must be an object'
  return undefined
}

/** The required credentials that are neither in the environment nor passed in code. */
function findMissing(plugin: ProviderPlugin, context: CheckContext): readonly Credential[] {
  return plugin.manifest.credentials.filter(
    ({ required, variable, option }) =>
      required && !context.env[variable]?.trim() && plugin.configured?.includes(option) !== true,
  )
}

function describeMissing({ variable, option, description, url }: Credential): string {
  return `set ${variable} (${description}${url === undefined ? '' : `, from ${url}`}) or pass { ${option} }`
}

/** Runs the checks in their fixed order: shape, version, id free, tier allowed, credentials present. */
export function checkPlugin(plugin: ProviderPlugin, context: CheckContext): PluginStatus {
  const misshape = findMisshape(plugin)
  if (misshape !== undefined) {
    const manifest: Partial<Manifest> = isFields(plugin) && isFields(plugin.manifest) ? plugin.manifest : {}
    const id = typeof manifest.id === 'string' ? manifest.id : 'unnamed'
    return { id, name: id, tier: 'planned', state: 'incompatible', check: 'shape', remedy: misshape }
  }
  const { id, name, tier } = plugin.manifest
  const version: unknown = plugin.specificationVersion
  if (version !== 1) {
    const remedy = `it is written for contract version ${String(version)} and this core speaks 1; install matching versions`
    return { id, name, tier, state: 'incompatible', check: 'version', remedy }
  }
  if (context.taken.has(id)) {
    const remedy = `another provider has this id; pass { id: '${id}-2' } to one of them`
    return { id, name, tier, state: 'incompatible', check: 'id-free', remedy }
  }
  if (tier === 'planned') return { id, name, tier, state: 'planned', remedy: 'it is announced and not written yet' }
  if (tier === 'experimental' && !context.experimental.has(id) && !context.experimental.has('*')) {
    const remedy = `it is experimental; admit it with experimental: ['${id}'] or LLMFB_EXPERIMENTAL=${id}`
    return { id, name, tier, state: 'gated', remedy }
  }
  const missing = findMissing(plugin, context)
  if (missing.length > 0) {
    const remedy = missing.map(describeMissing).join(' and ')
    return { id, name, tier, state: 'missing-credentials', missing, remedy }
  }
  return { id, name, tier, state: 'ready' }
}
