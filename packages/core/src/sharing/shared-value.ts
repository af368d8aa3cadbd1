import type { FailureKind } from '../errors/failure-kind.ts'
import { failureKinds } from '../errors/failure-kind.ts'
import type { JsonValue } from '../provider/json.ts'

/** What one process tells the others of a circuit or a pause. A type, so that it is a JSON object. */
export type SharedValue = {
  /** Who says so. */
  readonly by: string
  /** When, by that process's wall clock. */
  readonly at: number
  /** How long it lasts from then; 0 for a circuit that has closed. */
  readonly forMs: number
  /** The kind of failure behind a pause. */
  readonly reason: FailureKind
}

/** How far what others say is believed. */
export interface Trust {
  /** How far the wall clocks of two processes may differ unnoticed. */
  readonly maxSkewMs: number
  /** Nothing that others say lasts longer. */
  readonly maxMs: number
}

/** What is in the store, or `undefined` for what was not written by this. */
export function toSharedValue(value: JsonValue | undefined): SharedValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { by, at, forMs, reason } = value as Readonly<Record<string, JsonValue | undefined>>
  if (typeof by !== 'string' || typeof at !== 'number' || typeof forMs !== 'number') return undefined
  return { by, at, forMs, reason: failureKinds.find((kind) => kind === reason) ?? 'unknown' }
}

/**
 * How much of its time is left. An age within the skew may be nothing but skew, so that a value just written always has
 * its whole time; one that seems to come from the future has no more than that.
 */
export function leftMsOf({ at, forMs }: SharedValue, wallTime: number, { maxSkewMs, maxMs }: Trust): number {
  return Math.min(forMs - Math.max(0, wallTime - at - maxSkewMs), maxMs)
}
