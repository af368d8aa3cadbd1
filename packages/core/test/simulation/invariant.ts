import type { RouterEvent } from '../../src/engine/event.ts'
import type { ChatRequest } from '../../src/provider/request.ts'
import type { TargetStatus } from '../../src/router/target-status.ts'
import type { TargetModel } from './behaviour.ts'
import type { Caller } from './caller.ts'
import type { Change } from './changes.ts'
import type { Configuration } from './configuration.ts'
import type { Run, StartedAttempt } from './run-book.ts'
import type { Scenario } from './scenario.ts'
import type { SeenPool } from './seen-pool.ts'
import type { ProviderCall } from './world.ts'

/** What is left of one router's work when all requests have ended. */
export interface Remains {
  readonly callers: readonly Caller[]
  readonly runs: ReadonlyMap<number, Run>
  /** Those of this router, and all that there were. */
  readonly calls: readonly ProviderCall[]
  readonly allCalls: readonly ProviderCall[]
  readonly status: readonly TargetStatus[]
  /** Timers on the clock that no stubborn service started. */
  readonly timers: number
}

/** A call as it reaches a service. */
export interface Arrival {
  readonly call: ProviderCall
  readonly request: ChatRequest
  readonly model: TargetModel
  readonly attempt: StartedAttempt
  readonly run: Run
}

/** Says that something is not as it must be. */
export type Violate = (what: string) => void

/** Something that must hold in every run: it watches the events as they come, looks at what remains, or both. */
export interface Invariant {
  readonly see?: (event: RouterEvent, at: number, run: Run | undefined) => void
  readonly call?: (arrival: Arrival) => void
  /** The operator is about to do something. */
  readonly change?: (change: Change) => unknown
  /** The router has forgotten all of a target, which comes back. */
  readonly forget?: (target: string) => unknown
  readonly end?: (remains: Remains) => void
}

/** What an invariant goes by. */
export interface Rules {
  readonly scenario: Scenario
  /** What is in force now. */
  readonly configuration: () => Configuration
  readonly pools: () => ReadonlyMap<string, SeenPool>
  /** Until when each target is left alone since its model is being loaded, as far as any of the routers was told. */
  readonly loadingUntil: Map<string, number>
}

/** Makes an invariant for one router of a simulation. */
export type CreateInvariant = (rules: Rules, violate: Violate) => Invariant

/** Id of the router under test; its routes are targets such as `router/route-1`. */
export const routerId = 'router'

/** Slack for sums of fractions of milliseconds. */
export const roundingMs = 1e-6
