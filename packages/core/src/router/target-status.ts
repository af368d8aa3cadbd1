import type { CircuitState } from '../breaker/circuit-state.ts'
import type { TargetState } from '../engine/target.ts'
import { pausedBy } from '../engine/target.ts'
import type { HealthReport } from '../health/target-health.ts'

/** How a target stands right now, as data. */
export interface TargetStatus extends HealthReport {
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly circuit: CircuitState['type']
  /** Milliseconds until it can be called again; absent when it can be now, or no time is known. */
  readonly readyInMs?: number
  /** The kind of failure for which it, or its provider's account, is left alone. */
  readonly pausedFor?: string
}

export function toTargetStatus(target: string, state: TargetState, now: number): TargetStatus {
  const { circuit, health } = state
  const paused = pausedBy(state, now)
  const readyAt = Math.max(paused?.until ?? 0, circuit.readyAt(now))
  return {
    target,
    circuit: circuit.state.type,
    ...health.report(),
    ...(readyAt > now && readyAt < Infinity ? { readyInMs: readyAt - now } : {}),
    ...(paused ? { pausedFor: paused.reason } : {}),
  }
}
