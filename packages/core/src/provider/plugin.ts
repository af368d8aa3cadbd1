import type { Clock, Logger } from './call-options.ts'
import type { Capabilities } from './capabilities.ts'
import type { KeyPool } from './key-pool.ts'
import type { Provider } from './provider.ts'

/** Maturity of a provider, computed from the evidence of the conformance suite. */
export type Tier = 'production' | 'beta' | 'experimental' | 'planned'

/** A setting that a provider needs, or takes, from the environment. */
export interface Credential {
  /** Environment variable, such as `OPENAI_API_KEY`. */
  readonly variable: string
  /** Name of the option that stands in for the variable, such as `apiKey`; variables of one option do for each other. */
  readonly option: string
  readonly required: boolean
  /** What it is, in a few words. */
  readonly description: string
  /** Page where one gets it. */
  readonly url?: string
}

/** Capabilities of the models whose id matches. */
export interface ModelPattern {
  /** A model id in which `*` stands for any characters; the first that matches counts. */
  readonly match: string
  readonly capabilities: Partial<Capabilities>
}

/** What a provider is, as data: it can be read, listed and gated without loading the provider. */
export interface Manifest {
  readonly id: string
  /** Name for people: `OpenAI`. */
  readonly name: string
  readonly tier: Tier
  readonly credentials: readonly Credential[]
  /** What every model of the provider can do, unless a pattern says otherwise. */
  readonly capabilities: Capabilities
  /** Where models differ from `capabilities`. */
  readonly models?: readonly ModelPattern[]
  readonly documentationUrl?: string
  /** What the service has and the provider does not, each with its reason. */
  readonly knownGaps?: readonly string[]
}

/** What a plugin gets when its provider is first used. */
export interface ProviderContext {
  /** The id under which it was registered. */
  readonly id: string
  /** Values of the manifest's credential variables that are set. */
  readonly credentials: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly logger: Logger
}

/** What a provider package exports. */
export interface ProviderPlugin {
  readonly specificationVersion: 1
  readonly manifest: Manifest
  /** Names of the credential options that were passed in code, so that their variables need not be set. */
  readonly configured?: readonly string[]
  /** Its keys, where there are several, or may be others later; see `pooledKeys`. */
  readonly keys?: KeyPool
  /** Makes the provider; the first thing to load the vendor's SDK. Called once. */
  create(context: ProviderContext): Promise<Provider> | Provider
}
