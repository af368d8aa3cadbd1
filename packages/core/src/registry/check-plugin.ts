import type { Credential, Manifest, ProviderPlugin } from '../provider/plugin.ts'
import type { Provider } from '../provider/provider.ts'
import type { Check } from '../validation/shape.ts'
import {
  arrayOf,
  callable,
  fields,
  flag,
  idText,
  isFields,
  number,
  object,
  oneOf,
  text,
  wholeNumber,
} from '../validation/shape.ts'
import type { PluginStatus } from './plugin-status.ts'

/** What the checks look at besides the plugin. */
export interface CheckContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ids of experimental providers that are admitted; `*` admits all. */
  readonly experimental: ReadonlySet<string>
  /** Who has the id already. */
  holderOf(id: string): string | undefined
}

/** An object with at least these fields: a plugin may be written for a later core that knows more of them. */
function having(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check {
  return fields({ ...required, ...optional }, Object.keys(required), true)
}

const idForm = having(
  { characters: oneOf('letters-and-digits', 'word'), maxLength: wholeNumber(1) },
  { minLength: wholeNumber(1) },
)

const toolCallIds: Check = (value, path, report) => {
  idForm(value, path, report)
  const { minLength = 1, maxLength = 1 } = isFields(value) ? value : {}
  if (Number(minLength) > Number(maxLength)) report(path, 'must have a minLength that is not above its maxLength')
}

const limits = {
  contextWindow: number(1),
  maxOutputTokens: number(1),
  cacheBreakpoints: wholeNumber(0),
  toolCallIds,
}
const abilities = {
  input: arrayOf(oneOf('image', 'file'), 'kind of part'),
  tools: flag,
  responseFormats: arrayOf(oneOf('json', 'json-schema'), 'format'),
  streaming: flag,
  reasoning: flag,
  promptCache: flag,
  assistantPrefill: flag,
  parameters: object,
}

const manifest = having(
  {
    id: idText,
    name: text,
    tier: oneOf('production', 'beta', 'experimental', 'planned'),
    credentials: arrayOf(having({ variable: text, option: text }), '{ variable, option, required, description }'),
    capabilities: having(abilities, limits),
  },
  { models: arrayOf(having({ match: text, capabilities: having({}, { ...abilities, ...limits }) }), 'pattern') },
)

const keys = having({ fingerprints: arrayOf(text, 'fingerprint'), read: callable, refresh: callable })

const pluginForm = having({ manifest, create: callable }, { keys })

/** What whoever calls a provider counts on. */
export const providerForm: Check = having({ id: idText, capabilities: callable, chat: callable, stream: callable })

export function isProvider(given: ProviderPlugin | Provider): given is Provider {
  return isFields(given) && 'chat' in given && 'stream' in given
}

/** What is wrong with the form, if anything. */
function findMisshape(given: ProviderPlugin | Provider): string | undefined {
  if (typeof given === 'function') return 'it is a function; call it, and pass what it returns'
  const issues: string[] = []
  const form = isProvider(given) ? providerForm : pluginForm
  form(given, 'it', (path, problem) => issues.push(`${path} ${problem}`))
  return issues[0]?.replace(/^it\./, '')
}

/** The required credentials that are neither in the environment nor passed in code. */
function findMissing(given: ProviderPlugin | Provider, { env }: CheckContext): readonly Credential[] {
  const { configured } = given as Partial<ProviderPlugin>
  const { credentials } = manifestOf(given)
  // Variables of one option stand in for each other.
  const isSet = (option: string): boolean =>
    configured?.includes(option) === true ||
    credentials.some((other) => other.option === option && readVariable(env, other.variable) !== undefined)
  return credentials.filter(({ required, option }) => required && !isSet(option))
}

/** A variable that is set to more than blanks. */
export function readVariable(env: CheckContext['env'], variable: string): string | undefined {
  return (Object.hasOwn(env, variable) && env[variable]?.trim()) || undefined
}

function describeMissing({ variable, option, description, url }: Credential): string {
  return `set ${variable} (${description}${url === undefined ? '' : `, from ${url}`}) or pass { ${option} }`
}

/** A provider object passed in code is its own plugin: it is there already and needs nothing. */
export function manifestOf(given: ProviderPlugin | Provider): Omit<Manifest, 'capabilities'> {
  return isProvider(given) ? { id: given.id, name: given.id, tier: 'production', credentials: [] } : given.manifest
}

/** Runs the checks in their fixed order: shape, version, id free, tier allowed, credentials present. */
export function checkPlugin(given: ProviderPlugin | Provider, context: CheckContext): PluginStatus {
  const misshape = findMisshape(given)
  if (misshape !== undefined) {
    return { id: 'unnamed', name: 'unnamed', tier: 'planned', state: 'incompatible', check: 'shape', remedy: misshape }
  }
  const { id, name, tier } = manifestOf(given)
  const about = { id, name, tier }
  const version: unknown = given.specificationVersion
  if (version !== 1) {
    const remedy = `it is written for contract version ${String(version)} and this core speaks 1; install matching versions`
    return { ...about, state: 'incompatible', check: 'version', remedy }
  }
  const holder = context.holderOf(id)
  if (holder !== undefined) {
    const remedy = `${holder} has the id '${id}'; pass { id: '${id}-2' } to one of them`
    return { ...about, state: 'incompatible', check: 'id-free', remedy }
  }
  if (tier === 'planned') return { ...about, state: 'planned', remedy: 'it is announced and not written yet' }
  if (tier === 'experimental' && !context.experimental.has(id) && !context.experimental.has('*')) {
    const remedy = `it is experimental; admit it with experimental: ['${id}'] or LLMFB_EXPERIMENTAL=${id}`
    return { ...about, state: 'gated', remedy }
  }
  const missing = findMissing(given, context)
  if (missing.length > 0) {
    const remedy = missing.map(describeMissing).join(' and ')
    return { ...about, state: 'missing-credentials', missing, remedy }
  }
  return { ...about, state: 'ready' }
}
