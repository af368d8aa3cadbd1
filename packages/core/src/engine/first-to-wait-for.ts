import { findLimit, hasRoom, readyAtOf } from './admit.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { pausedBy } from './target.ts'

/**
 * The target that is ready first, of those that are left alone for a while, or take no more calls now; it must have room
 * and be worth one call more.
 */
export function firstToWaitFor(run: Run, targets: readonly Target[], now: number): Target | undefined {
  const { retries, maxWaitMs } = run.route.policy
  let first: Target | undefined
  let firstAt = Infinity
  for (const target of targets) {
    if (!hasRoom(run, target)) continue
    const readyAt = readyAtOf(run, target, now)
    const isFull = findLimit(run, target, now)?.isFull === true && target.readyAt(now) < Infinity
    const paused = pausedBy(target.state, now)
    const isLimited = readyAt > target.readyAt(now)
    if (!isFull && !paused && !isLimited) continue
    if (paused?.reason !== 'warming' && run.callsOf(target) > retries) continue
    if (first !== undefined && readyAt >= firstAt) continue
    // Less than a millisecond is no wait: rounded, it might never be over.
    if (readyAt === Infinity && (!isFull || maxWaitMs - run.queuedMs < 1)) continue
    first = target
    firstAt = readyAt
  }
  return first
}
