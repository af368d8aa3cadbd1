import type { RouterEvent, RouterOptions } from '@llmfb/core'
import type { Behaviour, VendorName, Vendors } from './mock-vendors.ts'
import type { Outcome } from './outcome.ts'

/** One thing that can happen to a request, played against the mock vendors. */
export interface Scene {
  readonly name: string
  /** What goes wrong, in one sentence, and what llmfb makes of it. */
  readonly story: string
  readonly question?: string
  /** How the vendors behave when it begins; one that is not named answers well. */
  readonly vendors: Readonly<Partial<Record<VendorName, Behaviour>>>
  readonly circuit?: NonNullable<RouterOptions['circuit']>
  /** Asks, changes how vendors behave, waits, and checks what must be true then. */
  play(stage: Play): Promise<void>
}

/** What a scene can do while it plays. */
export interface Play {
  readonly vendors: Omit<Vendors, 'stop'>
  /** Asks the scene's question over its route. */
  readonly chat: () => Promise<Outcome>
  /** The same as a stream. */
  readonly stream: () => Promise<Outcome>
  /** Tells the audience what happens between two requests. */
  readonly tell: (what: string) => void
  /** Waits until the target may be called again. */
  readonly untilReady: (target: string) => Promise<void>
  /** Says what must be true, and whether it is. */
  readonly check: (what: string, holds: boolean) => void
  /** Types of what happened to the circuit of a target so far, in order. */
  readonly circuitEvents: (target: string) => readonly RouterEvent['type'][]
}

/** Something a scene showed, in order. */
export type Shown =
  | { readonly type: 'told'; readonly what: string }
  | { readonly type: 'request'; readonly outcome: Outcome; readonly notes: readonly string[] }

export interface Check {
  readonly what: string
  readonly holds: boolean
}

/** How a scene went. */
export interface SceneReport {
  readonly scene: Scene
  readonly shown: readonly Shown[]
  readonly checks: readonly Check[]
  readonly durationMs: number
}
