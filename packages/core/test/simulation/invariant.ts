import type { RouterEvent } from '../../src/engine/event.ts'
import type { TargetStatus } from '../../src/router/target-status.ts'
import type { Caller } from './caller.ts'
import type { Run } from './run-book.ts'
import type { Scenario } from './scenario.ts'
import type { ProviderCall } from './world.ts'

/** What is left when all requests have ended. */
export interface Remains {
  readonly callers: readonly Caller[]
  readonly runs: ReadonlyMap<number, Run>
  readonly calls: readonly ProviderCall[]
  readonly status: readonly TargetStatus[]
  /** Timers on the clock that no stubborn service started. */
  readonly timers: number
}

/** Says that something is not as it must be. */
export type Violate = (what: string) => void

/** Something that must hold in every run: it watches the events as they come, looks at what remains, or both. */
export interface Invariant {
  readonly see?: (event: RouterEvent, at: number, run: Run | undefined) => void
  readonly end?: (remains: Remains) => void
}

/** Makes an invariant for one simulation; `calls` grows as services are called. */
export type CreateInvariant = (scenario: Scenario, violate: Violate, calls: readonly ProviderCall[]) => Invariant

/** Id of the router under test; its routes are targets such as `router/route-1`. */
export const routerId = 'router'

/** Slack for sums of fractions of milliseconds. */
export const roundingMs = 1e-6
