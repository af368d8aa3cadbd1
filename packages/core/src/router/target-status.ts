import type { CircuitState } from '../breaker/circuit-state.ts'
import type { LastFailure, TargetState } from '../engine/target.ts'
import { pausedBy } from '../engine/target.ts'
import type { HealthReport } from '../health/target-health.ts'
import type { LimitReport } from '../limit/lanes.ts'

/** How a target stands right now, as data. */
export interface TargetStatus extends HealthReport {
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly circuit: CircuitState['type']
  /** The circuit of its provider's endpoint, which all targets of the provider share. */
  readonly endpoint: CircuitState['type']
  /** Milliseconds until it can be called again; absent when it can be now, or no time is known. */
  readonly readyInMs?: number
  /** The kind of failure for which it, or its provider's account, is left alone. */
  readonly pausedFor?: string
  /** Where it stands with limits that are set, and with those that its service told of. */
  readonly limits: readonly LimitReport[]
  /** Its last failure, without what was said; absent while there was none. */
  readonly lastFailure?: Omit<LastFailure, 'at'> & { readonly agoMs: number }
}

export function toTargetStatus(target: string, state: TargetState, now: number): TargetStatus {
  const { circuit, endpoint, health, limiter, lastFailure } = state
  const paused = pausedBy(state, now)
  const readyAt = Math.max(paused?.until ?? 0, circuit.readyAt(now), endpoint.readyAt(now))
  const status = {
    target,
    circuit: circuit.state.type,
    endpoint: endpoint.state.type,
    ...health.report(),
    ...(readyAt > now && readyAt < Infinity ? { readyInMs: readyAt - now } : {}),
    ...(paused ? { pausedFor: paused.reason } : {}),
    limits: limiter?.report(now) ?? [],
  }
  if (lastFailure === undefined) return status
  const { at, ...failure } = lastFailure
  return { ...status, lastFailure: { ...failure, agoMs: now - at } }
}
