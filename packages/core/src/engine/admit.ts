import type { Ticket } from '../breaker/circuit.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import { findUnmetNeed } from './eligibility.ts'
import type { Run } from './run.ts'
import { applyOverrides } from './target-request.ts'
import type { Target } from './target.ts'

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
}

/** Whether the target can do what the request needs; if not, it is excluded with the reason. */
export function isCapable(run: Run, target: Target, now: number): boolean {
  const request = applyOverrides(run.request, target)
  const unmet = findUnmetNeed(request, target.capabilities(), run.streamed, run.route.policy.parameters)
  if (unmet === undefined) return true
  run.exclude(
    { target: target.target, stage: target.stage, reason: 'not-capable', detail: `${target.target} ${unmet}` },
    now,
  )
  return false
}

/** After a prompt was too long for one target, only a target with a larger window is worth a call. */
export function hasRoom(run: Run, target: Target): boolean {
  if (run.windowOver === undefined) return true
  const window = target.capabilities().contextWindow
  if (window !== undefined && window > run.windowOver) return true
  const known = window === undefined ? 'of unknown size' : `of ${window} tokens`
  const detail = `its context window, ${known}, is not larger than the one that was too small`
  run.exclude({ target: target.target, stage: target.stage, reason: 'window-not-larger', detail }, run.now())
  return false
}

/** Leave to call the target now; if it is not given, the target is excluded with the reason. */
export function admit(run: Run, target: Target, now: number): Ticket | undefined {
  const { pause, account, circuit } = target.state
  const paused = account.until > pause.until ? account : pause
  if (paused.until > now) {
    const readyInMs = paused.until - now
    const reason = paused === account ? 'account-paused' : 'paused'
    const detail = `left alone for another ${seconds(readyInMs)} after ${paused.reason}`
    run.exclude(
      { target: target.target, stage: target.stage, reason, detail, readyInMs },
      now,
      paused.reason as FailureKind,
    )
    return undefined
  }
  const ticket = circuit.admit(now)
  if (ticket !== undefined) return ticket
  const readyInMs = circuit.readyAt(now) - now
  const what = circuit.state.type === 'open' ? 'its circuit is open' : 'its half-open circuit is being tested by others'
  const detail = `${what} for another ${seconds(readyInMs)}`
  run.exclude(
    { target: target.target, stage: target.stage, reason: 'circuit-open', detail, readyInMs },
    now,
    'overloaded',
  )
  return undefined
}
