import type { Circuit } from '../breaker/circuit.ts'
import { findRefusal } from './admit.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'

/** Of targets that only their circuits keep from being called, the one that is due first. */
export function findLeastBad(run: Run, targets: readonly Target[], now: number): Target | undefined {
  let best: Target | undefined
  let bestReadyAt = Infinity
  for (const target of targets) {
    const { circuit, endpoint } = target.state
    if (findRefusal(run, target, now)) continue
    if (!(isHeldBack(circuit, now) || isHeldBack(endpoint, now))) continue
    const readyAt = Math.max(dueAt(circuit, now), dueAt(endpoint, now))
    if (readyAt >= bestReadyAt) continue
    best = target
    bestReadyAt = readyAt
  }
  return best
}

function isHeldBack(circuit: Circuit, now: number): boolean {
  return circuit.state.type !== 'closed' || circuit.isRampingUp(now)
}

function dueAt(circuit: Circuit, now: number): number {
  return circuit.isRampingUp(now) ? 0 : circuit.readyAt(now)
}
