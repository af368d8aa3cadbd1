import type { Circuit, Ticket } from '../breaker/circuit.ts'
import type { Refusal as LimitRefusal } from '../limit/lanes.ts'
import type { Reservation } from '../limit/limiter.ts'
import type { Attempt } from '../provider/ledger.ts'
import type { SharedCall } from '../sharing/shared-call.ts'
import { loadedParts } from './loaded-parts.ts'
import type { Refusal } from './refusal.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { pausedBy } from './target.ts'

/** A call that is to be made, with all the leaves it needed. */
export interface CallStep {
  readonly type: 'call'
  readonly target: Target
  readonly ticket: Ticket
  /** Of the circuit of the provider's endpoint. */
  readonly endpointTicket: Ticket
  /** What the call takes of the target's limits. */
  readonly reservation: Reservation | undefined
  /** What it takes of them where several processes share them. */
  readonly shared?: SharedCall
  readonly reason: Attempt['reason']
  /** Time that was waited right before the call. */
  readonly waitedMs: number
  /** Longest time for the call. */
  readonly limitMs: number
}

/** Whether the target can do what the request needs; if not, it is excluded with the reason. */
export function isCapable(run: Run, target: Target, now: number): boolean {
  const unmet = findUnmet(run, target)
  if (unmet !== undefined) run.refuse(target, now, unmet)
  return unmet === undefined
}

/** What the request needs that the target cannot do. Looks and changes nothing. */
export function findUnmet(run: Run, target: Target): Refusal | undefined {
  // A route within rules its own targets out.
  if (target.isRoute) return undefined
  try {
    if (run.streamed && !target.capabilities().streaming) return { reason: 'not-capable', detail: 'does not stream' }
    return run.isSimple ? undefined : loadedParts(run)?.findUnmet(run, target)
  } catch {
    return { reason: 'not-capable', detail: 'cannot say what it can do' }
  }
}

/** After a prompt was too long for one target, only a target with a larger window is worth a call. */
export function hasRoom({ windowOver, needsPrefill }: Run, target: Target): boolean {
  if (needsPrefill && !target.capabilities().assistantPrefill) return false
  return windowOver === undefined || (target.contextWindow ?? 0) > windowOver
}

/** Why a target cannot be called now, whatever its circuits say. Looks and changes nothing. */
export function findRefusal(run: Run, target: Target, now: number): Refusal | undefined {
  const { byKey } = target
  // What it has no room for by one key it has by none.
  if (byKey === undefined || !hasRoom(run, target)) return findOwnRefusal(run, target, now)
  return loadedParts(run)?.findRefusalOfAll(byKey, (own) => findOwnRefusal(run, own, now))
}

/** The same for a target that stands for no others. */
function findOwnRefusal(run: Run, target: Target, now: number): Refusal | undefined {
  const { state } = target
  if (!hasRoom(run, target)) {
    if (run.windowOver === undefined) return { reason: 'not-capable', detail: 'does not go on with an answer' }
    const window = target.contextWindow
    const known = window === undefined ? 'of unknown size' : `of ${window} tokens`
    const detail = `its context window, ${known}, is not larger than the one that was too small`
    return { reason: 'window-not-larger', detail }
  }
  const paused = pausedBy(state, now)
  if (paused) {
    const { until, reason: kind } = paused
    const reason = paused === state.account ? 'account-paused' : 'paused'
    return { reason, detail: `left alone for another % after ${kind}`, until, kind }
  }
  if (run.route.policy.maxCostUsd !== undefined || run.outer !== undefined) {
    const detail = loadedParts(run)?.findExcessCost(run, target)
    if (detail !== undefined) return { reason: 'cost-limit', detail }
  }
  const limited = findLimit(run, target, now)
  return limited && { reason: 'limit', detail: limited.what, until: limited.readyAt, kind: 'rate-limit' }
}

/** Which limit of the target the call would break. */
export function findLimit(run: Run, { state }: Target, now: number): LimitRefusal | undefined {
  const { limiter } = state
  if (limiter === undefined || limiter.idle) return undefined
  return limiter.refusal(now, run.countedTokens(limiter), run.outputTokens(limiter))
}

/** When the target can take this request, as far as pauses, circuits and limits go: 0 for at once. */
export function readyAtOf(run: Run, target: Target, now: number): number {
  const { byKey } = target
  if (byKey !== undefined) return Math.min(...byKey.map((own) => readyAtOf(run, own, now)))
  return Math.max(target.readyAt(now), findLimit(run, target, now)?.readyAt ?? 0)
}

/** Why a circuit, the target's or its provider's, lets nobody through now. */
export function findShut({ state: { circuit, endpoint } }: Target, now: number): Refusal | undefined {
  const cell = endpoint.readyAt(now) > 0 ? endpoint : circuit
  return cell.readyAt(now) > 0 ? toShut(cell, cell === circuit, now) : undefined
}

function toShut(cell: Circuit, isItself: boolean, now: number): Refusal {
  const whose = isItself ? 'its circuit' : "its provider's circuit"
  const { type } = cell.state
  if (type === 'isolated') return { reason: 'isolated', detail: `${whose} was isolated by hand` }
  const how = type === 'open' ? 'open' : type === 'closed' ? 'coming back slowly' : 'being tested by others'
  const detail = `${whose} is ${how} for another %`
  // Whoever is turned away has earned the next one's leave: that may be there by now.
  return { reason: 'circuit-open', detail, until: Math.max(now, cell.readyAt(now)), kind: 'overloaded' }
}

function chooseKey(run: Run, byKey: readonly Target[], now: number): Target | undefined {
  return loadedParts(run)?.chooseKey(run, byKey, (target) => findOwnRefusal(run, target, now))
}

/** The call, if the target can be called now; else it is excluded with the reason. */
export function admit(
  run: Run,
  whole: Target,
  now: number,
  reason: Attempt['reason'],
  waitedMs: number,
  limitMs: number,
): CallStep | undefined {
  const { byKey } = whole
  const target = byKey === undefined ? whole : chooseKey(run, byKey, now)
  // A key that was chosen has been looked at.
  const isChosen = byKey !== undefined && target !== undefined
  const refusal = isChosen ? undefined : findRefusal(run, whole, now)
  if (target === undefined || refusal !== undefined) {
    if (whole.source.keys !== undefined) loadedParts(run)?.lookForKeys(whole, now)
    return refusal && run.refuse(whole, now, refusal)
  }
  const { circuit, endpoint, limiter } = target.state
  const endpointTicket = endpoint.admit(now)
  const ticket = endpointTicket && circuit.admit(now)
  if (endpointTicket === undefined || ticket === undefined) {
    const cell = endpointTicket === undefined ? endpoint : circuit
    if (endpointTicket) endpoint.cancel(endpointTicket, now)
    return run.refuse(target, now, toShut(cell, cell === circuit, now))
  }
  const reservation = limiter?.take(now, run.countedTokens(limiter), run.outputTokens(limiter))
  return { type: 'call', target, ticket, endpointTicket, reservation, reason, waitedMs, limitMs }
}

/** The call, whatever its circuits say: for the last target there is. */
export function force(run: Run, whole: Target, now: number, limitMs: number): CallStep {
  const { byKey } = whole
  const target = (byKey && chooseKey(run, byKey, now)) ?? whole
  const { circuit, endpoint, limiter } = target.state
  return {
    type: 'call',
    target,
    ticket: circuit.force(),
    endpointTicket: endpoint.force(),
    reservation: limiter?.take(now, run.countedTokens(limiter), run.outputTokens(limiter)),
    reason: 'forced',
    waitedMs: 0,
    limitMs,
  }
}

/** Hands back all leaves of a call that is not made after all. */
export function handBack({ target, ticket, endpointTicket, reservation }: CallStep, now: number): void {
  const { circuit, endpoint, limiter, queue } = target.state
  circuit.cancel(ticket, now)
  endpoint.cancel(endpointTicket, now)
  if (reservation === undefined) return
  limiter?.release(reservation, now)
  if (queue !== undefined) for (const waiting of queue) return waiting.ring()
}
