import { findLimit, hasRoom, readyAtOf } from './admit.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { pausedBy } from './target.ts'

/** Whom a request may wait for: each a target by one of its keys, where it has several. */
export interface Awaited {
  /** The one that is ready first, of those that are left alone for a while. */
  readonly first: Target | undefined
  /** Those that take no more calls at the same time, and may any moment. */
  readonly full: readonly Target[]
}

/** Of targets that have room and are worth one call more, those to wait for. */
export function firstToWaitFor(run: Run, targets: readonly Target[], now: number): Awaited {
  const { retries, maxWaitMs } = run.route.policy
  let first: Target | undefined
  let firstAt = Infinity
  const full: Target[] = []
  for (const target of targets.flatMap((one) => one.byKey ?? one)) {
    if (!hasRoom(run, target)) continue
    const readyAt = readyAtOf(run, target, now)
    const isFull = findLimit(run, target, now)?.isFull === true && target.readyAt(now) < Infinity
    const paused = pausedBy(target.state, now)
    const isLimited = readyAt > target.readyAt(now)
    if (!isFull && !paused && !isLimited) continue
    if (paused?.reason !== 'warming' && run.callsOf(target) > retries) continue
    // Less than a millisecond is no wait: rounded, it might never be over.
    // Room is of no use where a limit that all processes share is used up: two who wait would ring each other for ever.
    const isAwaited = isFull && !run.turnedAway.includes(target.state)
    if (isAwaited && readyAt === Infinity && maxWaitMs - run.queuedMs >= 1) full.push(target)
    if (readyAt >= firstAt) continue
    first = target
    firstAt = readyAt
  }
  return { first, full }
}
