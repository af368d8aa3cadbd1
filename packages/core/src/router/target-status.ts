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
  readonly lastFailure?: PastFailure
  /** How it stands by each key of its provider, where that has a pool of them. */
  readonly keys?: readonly KeyStatus[]
}

/** A failure that was, without what was said. */
export interface PastFailure extends Omit<LastFailure, 'at'> {
  readonly agoMs: number
}

/** How a target stands by one key. */
export interface KeyStatus extends Pick<TargetStatus, 'readyInMs' | 'pausedFor' | 'limits' | 'lastFailure'> {
  /** Its fingerprint. */
  readonly key: string
}

export function toTargetStatus(target: string, state: TargetState, now: number): TargetStatus {
  const { circuit, endpoint, health, byKey, fingerprints = [] } = state
  const keys = fingerprints.flatMap((key) => {
    const own = byKey?.get(key)
    return own === undefined ? [] : [{ key, ...standing(own, now) }]
  })
  return {
    target,
    circuit: circuit.state.type,
    endpoint: endpoint.state.type,
    ...health.report(),
    ...(keys.length === 0 ? standing(state, now) : standingOfAll(keys)),
  }
}

function standing(state: TargetState, now: number): Omit<KeyStatus, 'key'> {
  const { circuit, endpoint, limiter, lastFailure } = state
  const paused = pausedBy(state, now)
  const readyAt = Math.max(paused?.until ?? 0, circuit.readyAt(now), endpoint.readyAt(now))
  const standing = {
    ...(readyAt > now && readyAt < Infinity ? { readyInMs: readyAt - now } : {}),
    ...(paused ? { pausedFor: paused.reason } : {}),
    limits: limiter?.report(now) ?? [],
  }
  if (lastFailure === undefined) return standing
  const { at, ...failure } = lastFailure
  return { ...standing, lastFailure: { ...failure, agoMs: now - at } }
}

/** Of several keys the one that is ready first tells when the target is, and the one that failed last how. */
function standingOfAll(keys: readonly KeyStatus[]): Omit<KeyStatus, 'key'> & Pick<TargetStatus, 'keys'> {
  const soonest = [...keys].sort((a, b) => (a.readyInMs ?? 0) - (b.readyInMs ?? 0))[0] as KeyStatus
  const failures = keys.flatMap(({ lastFailure }) => lastFailure ?? []).sort((a, b) => a.agoMs - b.agoMs)
  const { readyInMs, pausedFor } = soonest
  return {
    ...(readyInMs === undefined ? {} : { readyInMs }),
    ...(pausedFor === undefined ? {} : { pausedFor }),
    limits: [],
    ...(failures[0] && { lastFailure: failures[0] }),
    keys,
  }
}
