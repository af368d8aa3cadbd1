import type { Backoff } from '../backoff/full-jitter.ts'
import type { CircuitOptions } from '../breaker/circuit.ts'
import type { RouterListener } from '../engine/event.ts'
import type { ParameterOverrides } from '../engine/target.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { HedgeOptions } from '../hedge/hedging.ts'
import type { HealthOptions } from '../health/target-health.ts'
import type { Limits } from '../limit/limits.ts'
import type { Middleware } from '../middleware/middleware.ts'
import type { PriceSource } from '../price/price.ts'
import type { Clock, Logger } from '../provider/call-options.ts'
import type { ProviderPlugin } from '../provider/plugin.ts'
import type { Provider } from '../provider/provider.ts'
import type { RetryBudgetOptions } from '../retry/retry-budget.ts'
import type { Random } from '../runtime/random.ts'
import type { Store } from '../store/store.ts'
import type { StrategyConfig } from '../strategy/strategy-options.ts'

/** A target: `provider/model`, or the name of another route. */
export type TargetConfig = string | TargetOptions

export interface TargetOptions extends Limits {
  readonly model: string
  /** Its share beside the others of the stage, for strategies that weigh. @default 1 */
  readonly weight?: number
  /** Set, or with null taken away, whatever the request says. */
  readonly parameters?: ParameterOverrides
  /** Targets whose embeddings can be compared have the same. @default the model's name */
  readonly vectorSpace?: string
}

export interface StageConfig {
  /** @default 'stage-1', 'stage-2', … */
  readonly name?: string
  /** By name, by name with options, or your own. @default 'priority' */
  readonly strategy?: StrategyConfig
  readonly targets: readonly TargetConfig[]
}

export interface RouteOptions {
  /** Tried in order. */
  readonly stages: readonly StageConfig[]
  /** Further calls on the same target, and the waits before them. @default { attempts: 2, baseMs: 250, capMs: 20000 } */
  readonly retry?: { readonly attempts?: number } & Partial<Backoff>
  /** Most calls of one request, over all targets. @default 6 */
  readonly maxAttempts?: number
  /** Longest time for a request, in milliseconds, to the last byte of its answer. @default 60000 */
  readonly deadlineMs?: number
  /**
   * Longest time for one call that is not streamed, in milliseconds.
   *
   * @default half of the time that is left while somebody else could be called at once, and all of it for the last
   */
  readonly attemptMs?: number
  /** Longest time to the first content of a stream, in milliseconds. @default 15000 */
  readonly firstContentMs?: number
  /** Longest silence between two pieces of a stream's content, in milliseconds. @default 20000 */
  readonly idleMs?: number
  /** Longest Retry-After that is sat out when no other target is left, in milliseconds. @default 20000 */
  readonly maxWaitMs?: number
  /**
   * What happens to a stream that breaks after its first content: it ends with an error that holds what was delivered;
   * another target goes on with the text, where one can and nothing but text was delivered (else as `error`); or the
   * answer begins anew after a `reset` event, which readers must heed.
   *
   * @default 'error'
   */
  readonly afterCommit?: 'error' | 'continue' | 'restart'
  /** Sends a second call when the first is slow to show content. @default never */
  readonly hedge?: HedgeOptions
  /** What becomes of reasoning in the history that another provider issued: left out, or the target ruled out. @default 'omit' */
  readonly foreignReasoning?: 'omit' | 'refuse'
  /**
   * Most that a request may cost, in US dollars, as far as `prices` are known, which must be given. Routes within are held
   * to what is left of it. @default unlimited
   */
  readonly maxCostUsd?: number
  /** Longest time that a model which is loaded for the first call may take, in milliseconds. @default 300000 */
  readonly warmingMs?: number
  /** Whether embeddings may come from models whose vectors cannot be compared. @default 'same' */
  readonly vectorSpaces?: 'same' | 'any'
  /** What happens to a target that does not honour a parameter: ruled out, or served without it. @default 'require' */
  readonly parameters?: 'require' | 'drop'
  /** Changes to rows of the failure table. */
  readonly failures?: { readonly [Kind in FailureKind]?: Partial<Disposition> }
}

/** A plain list of targets is one stage with strategy `priority`. */
export type RouteConfig = readonly TargetConfig[] | RouteOptions

export interface RouterOptions {
  /** Provider plugins, or providers. */
  readonly providers: readonly (ProviderPlugin | Provider)[]
  /** Routes by name. */
  readonly routes: Readonly<Record<string, RouteConfig>>
  /** The router's own id, for when it serves as a provider. @default 'router' */
  readonly id?: string
  /** Ids of experimental providers to admit, or `*`. @default those in the variable LLMFB_EXPERIMENTAL */
  readonly experimental?: readonly string[]
  /** Makes every unavailable target an error at start. @default false */
  readonly strict?: boolean
  /** Where credentials are read. @default the process's environment */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** When circuits open and how they come back. */
  readonly circuit?: Partial<CircuitOptions>
  readonly retryBudget?: Partial<RetryBudgetOptions>
  readonly health?: Partial<HealthOptions>
  /** Around every request, the first outermost. */
  readonly middleware?: readonly Middleware[]
  /** What models cost. @default nothing is known but what services say themselves */
  readonly prices?: PriceSource
  /** Where routers in several processes share circuits, pauses and limits. @default each for itself */
  readonly store?: Store
  /** Told all that happens, also of targets that are unavailable at start. More can subscribe with `router.onEvent`. */
  readonly onEvent?: RouterListener
  /** @default nothing is logged */
  readonly logger?: Logger
  /** @default the machine's own */
  readonly clock?: Clock
  /** @default the machine's own */
  readonly random?: Random
}

/** What a router can be told anew while it runs. */
export type ReloadOptions = Omit<RouterOptions, 'id' | 'clock' | 'random' | 'logger' | 'onEvent' | 'store'>
