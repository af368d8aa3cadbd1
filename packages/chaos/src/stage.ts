import type { Attempt, Exclusion, Router, RouterOptions } from '@llmfb/core'
import type { Script } from './behaviour.ts'

/** One of the services behind a router. */
export interface Service {
  /** What it does with the calls that arrive from now on. At first it answers. */
  does(script: Script): void
  /** Cuts it off: connections are refused, or nothing that is sent ever arrives. Calls under way break, or hang. */
  cutOff(how: 'refused' | 'silent'): Promise<void>
  /** Takes `cutOff` back. */
  reconnect(): Promise<void>
  /** Calls that arrived. */
  readonly arrived: number
  /** Calls that were sent and never arrived. */
  readonly lost: number
  /** Calls that arrived and are neither answered nor given up by who made them. */
  readonly underWay: number
}

/** How one request went for its caller. */
export interface Seen {
  /** `left`: the caller had enough. */
  readonly how: 'answer' | 'failed' | 'interrupted' | 'left'
  /** All the text that arrived. */
  readonly text: string
  /** Who answered. */
  readonly provider?: string
  /** The model that is said to have answered. */
  readonly model?: string
  /** How often the caller was told that the answer is complete. */
  readonly ends: number
  /** The kind of failure. */
  readonly kind?: string
  readonly retryAfterMs?: number
  readonly attempts: readonly Attempt[]
  readonly exclusions: readonly Exclusion[]
}

/** What a caller asks for. */
export interface Ask {
  /** @default false */
  readonly stream?: boolean
  /** Has enough after this time. @default never */
  readonly leavesAfterMs?: number
}

/** Where a scenario is played: a router over three services, with time that passes when nothing else happens. */
export interface Stage {
  readonly one: Service
  readonly two: Service
  readonly three: Service
  readonly router: Router
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  /** Sets the date of the router's machine on or back. */
  readonly skew: (byMs: number) => void
  /** Asks once, on route `chat`. */
  readonly ask: (ask?: Ask) => Promise<Seen>
  /** Asks so many times at once. */
  readonly burst: (count: number, ask?: Ask) => Promise<readonly Seen[]>
  /** Asks so many times, one request every `everyMs`, whether or not the one before is answered. */
  readonly load: (count: number, everyMs: number, ask?: Ask) => Promise<readonly Seen[]>
}

/** What a scenario may set; route `chat` is over `one/m`, `two/m` and `three/m` unless another is given. */
export type StageOptions = Partial<Pick<RouterOptions, 'routes' | 'prices' | 'circuit' | 'retryBudget' | 'random'>>

/** A named disaster: what happens, and what must hold. */
export interface Scenario {
  readonly name: string
  readonly options?: StageOptions
  play(stage: Stage): Promise<void>
}
