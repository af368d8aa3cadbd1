import type { Backoff } from '../backoff/full-jitter.ts'
import type { CircuitOptions } from '../breaker/circuit.ts'
import type { RouterListener } from '../engine/event.ts'
import type { ParameterOverrides } from '../engine/target.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { HealthOptions } from '../health/target-health.ts'
import type { Clock, Logger } from '../provider/call-options.ts'
import type { ProviderPlugin } from '../provider/plugin.ts'
import type { Provider } from '../provider/provider.ts'
import type { RetryBudgetOptions } from '../retry/retry-budget.ts'
import type { Random } from '../runtime/random.ts'
import type { Strategy } from '../strategy/strategy.ts'

/** A target: `provider/model`, or the name of another route. */
export type TargetConfig =
  | string
  | {
      readonly model: string
      /** Set, or with null taken away, whatever the request says. */
      readonly parameters?: ParameterOverrides
    }

export interface StageConfig {
  /** @default 'stage-1', 'stage-2', … */
  readonly name?: string
  /** @default 'priority' */
  readonly strategy?: 'priority' | Strategy
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
  /** What happens to a stream that breaks after its first content. @default 'error' */
  readonly afterCommit?: 'error'
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
  /** Told all that happens, also of targets that are unavailable at start. More can subscribe with `router.onEvent`. */
  readonly onEvent?: RouterListener
  /** @default nothing is logged */
  readonly logger?: Logger
  /** @default the machine's own */
  readonly clock?: Clock
  /** @default the machine's own */
  readonly random?: Random
}
