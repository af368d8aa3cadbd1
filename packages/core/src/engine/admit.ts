import type { Ticket } from '../breaker/circuit.ts'
import { findUnmetNeed } from './eligibility.ts'
import type { Run } from './run.ts'
import { applyOverrides } from './target-request.ts'
import type { Target } from './target.ts'
import { pausedBy } from './target.ts'

function findUnmet(run: Run, target: Target): string | undefined {
  // A route within rules its own targets out.
  if (target.source.loaded?.isRouter === true) return undefined
  try {
    const request = applyOverrides(run.request, target)
    return findUnmetNeed(request, target.capabilities(), run.streamed, run.route.policy.parameters)
  } catch {
    return 'cannot say what it can do'
  }
}

/** Whether the target can do what the request needs; if not, it is excluded with the reason. */
export function isCapable(run: Run, target: Target, now: number): boolean {
  const unmet = findUnmet(run, target)
  if (unmet !== undefined) run.exclude(target, now, 'not-capable', `${target.target} ${unmet}`)
  return unmet === undefined
}

/** After a prompt was too long for one target, only a target with a larger window is worth a call. */
export function hasRoom({ windowOver }: Run, target: Target): boolean {
  return windowOver === undefined || (target.capabilities().contextWindow ?? 0) > windowOver
}

/** Leave to call the target now; if it is not given, the target is excluded with the reason. */
export function admit(run: Run, target: Target, now: number): Ticket | undefined {
  const { account, circuit } = target.state
  if (!hasRoom(run, target)) {
    const window = target.capabilities().contextWindow
    const known = window === undefined ? 'of unknown size' : `of ${window} tokens`
    const detail = `its context window, ${known}, is not larger than the one that was too small`
    run.exclude(target, now, 'window-not-larger', detail)
    return undefined
  }
  const paused = pausedBy(target.state, now)
  if (paused) {
    const reason = paused === account ? 'account-paused' : 'paused'
    run.exclude(target, now, reason, `left alone for another % after ${paused.reason}`, paused.until, paused.reason)
    return undefined
  }
  const ticket = circuit.admit(now)
  if (ticket === undefined) {
    const what = circuit.state.type === 'open' ? 'its circuit is open' : 'its circuit is being tested by others'
    run.exclude(target, now, 'circuit-open', `${what} for another %`, circuit.readyAt(now), 'overloaded')
  }
  return ticket
}
