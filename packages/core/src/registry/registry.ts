import { isLlmfbError } from '../errors/llmfb-error.ts'
import { ProviderError } from '../errors/provider-error.ts'
import { framesOf } from '../errors/frames-of.ts'
import type { Clock, Logger } from '../provider/call-options.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { KeyPool } from '../provider/key-pool.ts'
import type { Manifest, ProviderContext, ProviderPlugin } from '../provider/plugin.ts'
import type { Provider } from '../provider/provider.ts'
import { capabilitiesOf } from './capabilities-of.ts'
import { checkPlugin, isProvider, manifestOf, providerForm, readVariable } from './check-plugin.ts'
import type { PluginStatus } from './plugin-status.ts'

/** What a registry needs. */
export interface RegistryOptions {
  readonly plugins: readonly (ProviderPlugin | Provider)[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ids of experimental providers to admit, beside those in the variable LLMFB_EXPERIMENTAL. */
  readonly experimental: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
  /** Id of the router itself, which no provider may have: its routes are targets of that name. */
  readonly own: string
  /** Providers of it that are the same are kept, with what they have loaded. */
  readonly previous?: Registry | undefined
}

/** A provider that was registered; its code is loaded when it is first used. */
export class RegisteredProvider {
  readonly id: string
  /** The provider, once it is loaded. */
  loaded: Provider | undefined
  /** Its keys, where it may have several. */
  readonly keys: KeyPool | undefined
  /** Another one is in its place, or none. */
  isReplaced = false
  /** Newer keys are asked for no sooner. */
  askAgainAt: number = -Infinity
  readonly #given: ProviderPlugin | Provider
  readonly #plugin: ProviderPlugin | undefined
  readonly #context: ProviderContext
  #loading: Promise<Provider> | undefined

  constructor(given: ProviderPlugin | Provider, context: ProviderContext) {
    this.id = context.id
    this.#context = context
    this.#given = given
    if (isProvider(given)) this.loaded = given
    else this.#plugin = given
    this.keys = this.#plugin?.keys
  }

  /** Whether it was made of the same plugin with the same credentials. */
  isOf(given: ProviderPlugin | Provider, credentials: ProviderContext['credentials']): boolean {
    return given === this.#given && JSON.stringify(credentials) === JSON.stringify(this.#context.credentials)
  }

  /** Lets go of a provider that was made here; whoever was given one keeps it. */
  dispose(): void {
    if (this.#plugin === undefined) return
    // One that is just being made is let go of once it is there.
    const made = this.loaded === undefined ? this.#loading : Promise.resolve(this.loaded)
    made?.then((provider) => provider.dispose?.()).catch(() => undefined)
  }

  /** By the manifest until the provider is loaded, then by the provider. */
  capabilities(model: string): Capabilities {
    return this.loaded?.capabilities(model) ?? capabilitiesOf((this.#plugin as ProviderPlugin).manifest, model)
  }

  /** The provider, made on the first call; a failure to make it is not kept, so the next call tries again. */
  load(): Promise<Provider> {
    this.#loading ??= Promise.resolve(this.#context)
      .then((context) => this.loaded ?? this.#plugin?.create(context))
      .then((provider) => {
        providerForm(provider, 'what create() returned', (path, problem) => {
          throw notMade(this.id, `${path} ${problem}`)
        })
        return (this.loaded = provider as Provider)
      })
      .catch((error: unknown) => {
        this.#loading = undefined
        throw isLlmfbError(error) ? error : toLoadFailure(this.id, error)
      })
    return this.#loading
  }
}

/** What the module loader says names files and nothing else; what others say may hold anything. */
function toLoadFailure(id: string, error: unknown): ProviderError {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: string }
  const cause = framesOf(error)
  return notMade(
    id,
    typeof code === 'string' && /MODULE|PACKAGE/.test(code) ? message : `it threw ${cause.name}`,
    cause,
  )
}

function notMade(id: string, why: string | undefined, cause?: Error): ProviderError {
  return new ProviderError(`Provider '${id}' could not be made: ${why}`, { kind: 'unknown', provider: id, cause })
}

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

  dispose(): void {
    for (const provider of this.#providers.values()) provider.dispose()
  }

  /** The ids of those that keep the contract. */
  ids(): readonly string[] {
    return [...this.#statusById.keys()]
  }

  status(id: string): PluginStatus | undefined {
    return this.#statusById.get(id)
  }

  #register(
    given: ProviderPlugin | Provider,
    { env, clock, logger, own, previous }: RegistryOptions,
    experimental: ReadonlySet<string>,
  ): PluginStatus {
    const holderOf = (id: string): string | undefined =>
      id === own ? 'the router itself' : this.#statusById.has(id) ? 'another provider' : undefined
    const status = checkPlugin(given, { env, experimental, holderOf })
    const { id, state } = status
    if (state !== 'incompatible') this.#statusById.set(id, status)
    if (state === 'ready') {
      const credentials = findCredentials(manifestOf(given), env)
      const known = previous?.get(id)
      const keeps = known?.isOf(given, credentials) === true
      this.#providers.set(id, keeps ? known : new RegisteredProvider(given, { id, credentials, clock, logger }))
    }
    return status
  }
}

/** The values of a plugin's credential variables that are set. */
function findCredentials(
  manifest: Pick<Manifest, 'credentials'>,
  env: RegistryOptions['env'],
): ProviderContext['credentials'] {
  const found: Record<string, string> = {}
  for (const { variable } of manifest.credentials) {
    const value = readVariable(env, variable)
    if (value !== undefined) found[variable] = value
  }
  return found
}
