import { isLlmfbError } from '../errors/llmfb-error.ts'
import { ProviderError } from '../errors/provider-error.ts'
import { createRedactor, toSafeCause } from '../errors/redact.ts'
import type { Clock, Logger } from '../provider/call-options.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { ProviderPlugin } from '../provider/plugin.ts'
import type { Provider } from '../provider/provider.ts'
import { capabilitiesOf } from './capabilities-of.ts'
import { checkPlugin } from './check-plugin.ts'
import type { PluginStatus } from './plugin-status.ts'

/** What a registry needs. */
export interface RegistryOptions {
  readonly plugins: readonly (ProviderPlugin | Provider)[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ids of experimental providers to admit, beside those in the variable LLMFB_EXPERIMENTAL. */
  readonly experimental: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
}

/** A provider that was registered; its code is loaded when it is first used. */
export class RegisteredProvider {
  readonly id: string
  /** The provider, once it is loaded. */
  loaded: Provider | undefined
  readonly #load: () => Promise<Provider> | Provider
  readonly #capabilities: (model: string) => Capabilities
  readonly #known = new Map<string, Capabilities>()
  #loading: Promise<Provider> | undefined

  constructor(id: string, load: () => Promise<Provider> | Provider, capabilities: (model: string) => Capabilities) {
    this.id = id
    this.#load = load
    this.#capabilities = capabilities
  }

  capabilities(model: string): Capabilities {
    const known = this.#known.get(model)
    if (known) return known
    const capabilities = this.#capabilities(model)
    if (this.#known.size < maxKnownModels) this.#known.set(model, capabilities)
    return capabilities
  }

  /** The provider, made on the first call; a failure to make it is not kept, so the next call tries again. */
  load(): Promise<Provider> {
    this.#loading ??= Promise.resolve()
      .then(() => this.#load())
      .then(
        (provider) => {
          this.loaded = provider
          return provider
        },
        (error: unknown) => {
          this.#loading = undefined
          throw isLlmfbError(error) ? error : toLoadFailure(this.id, error)
        },
      )
    return this.#loading
  }
}

/** Nothing of a conversation is known yet where a provider is made, so that all that is wrong can be told. */
function toLoadFailure(id: string, error: unknown): ProviderError {
  const cause = toSafeCause(error, createRedactor())
  const message = `Provider '${id}' could not be made: ${cause.message}`
  return new ProviderError(message, { kind: 'unknown', provider: id, cause })
}

// A caller may name any model of a provider; what was worked out for the first of them is kept.
const maxKnownModels = 1000

/** Knows which providers there are, which can be used, and why the others cannot. */
export class Registry {
  /** One for each plugin, in the order given. */
  readonly statuses: readonly PluginStatus[]
  readonly #providers = new Map<string, RegisteredProvider>()
  readonly #statusById = new Map<string, PluginStatus>()

  constructor(options: RegistryOptions) {
    const named = options.env['LLMFB_EXPERIMENTAL']?.split(',').map((id) => id.trim()) ?? []
    const experimental = new Set([...options.experimental, ...named])
    this.statuses = options.plugins.map((plugin) => this.#register(plugin, options, experimental))
  }

  /** The provider, if it can be used. */
  get(id: string): RegisteredProvider | undefined {
    return this.#providers.get(id)
  }

  status(id: string): PluginStatus | undefined {
    return this.#statusById.get(id)
  }

  #register(
    plugin: ProviderPlugin | Provider,
    options: RegistryOptions,
    experimental: ReadonlySet<string>,
  ): PluginStatus {
    const asPlugin = isProvider(plugin) ? toPlugin(plugin) : plugin
    const status = checkPlugin(asPlugin, { env: options.env, experimental, taken: this.#statusById })
    if (!this.#statusById.has(status.id)) this.#statusById.set(status.id, status)
    if (status.state === 'ready') this.#providers.set(status.id, toRegistered(plugin, asPlugin, options))
    return status
  }
}

function isProvider(plugin: ProviderPlugin | Provider): plugin is Provider {
  return typeof plugin === 'object' && plugin !== null && 'chat' in plugin && 'stream' in plugin
}

/** A provider object passed in code is its own plugin: it is there already and needs nothing. */
function toPlugin(provider: Provider): ProviderPlugin {
  const { id, specificationVersion } = provider
  // Models are asked for one by one, when they are known; a router has no capabilities but those of its routes.
  const capabilities = (typeof provider.capabilities === 'function' ? {} : undefined) as Capabilities
  return {
    specificationVersion,
    manifest: { id, name: id, tier: 'production', credentials: [], capabilities },
    create: () => provider,
  }
}

function toRegistered(
  given: ProviderPlugin | Provider,
  plugin: ProviderPlugin,
  { env, clock, logger }: RegistryOptions,
): RegisteredProvider {
  const { manifest } = plugin
  const credentials: Record<string, string> = {}
  for (const { variable } of manifest.credentials) {
    const value = env[variable]?.trim()
    if (value) credentials[variable] = value
  }
  const load = (): Promise<Provider> | Provider => plugin.create({ id: manifest.id, credentials, clock, logger })
  if (!isProvider(given)) return new RegisteredProvider(manifest.id, load, (model) => capabilitiesOf(manifest, model))
  const registered = new RegisteredProvider(manifest.id, load, (model) => given.capabilities(model))
  registered.loaded = given
  return registered
}
