import { systemClock } from '@llmfb/core'
import { setImmediate } from 'node:timers/promises'

/** Turns of the event loop, and time, in which all that follows from something has begun. */
const quietTurns = 20
const quietMs = 1
/** Longest wait for what is on its way: an answer that is neither read nor given up would never arrive. */
const patienceMs = 1000

/** What shows that something goes on. */
export interface Activity {
  /** Grows with whatever happens. */
  readonly count: number
  /** Something is known to be on its way. */
  readonly isUnderWay: boolean
}

/** Resolves once nothing has happened for so long that nothing will, until time goes on. */
export async function quiet(activity: Activity): Promise<void> {
  let { count } = activity
  let since = systemClock.now()
  for (let turns = 0; turns < quietTurns || systemClock.now() - since < quietMs; turns++) {
    await setImmediate()
    if (count !== activity.count) {
      count = activity.count
      since = systemClock.now()
      turns = 0
    } else if (activity.isUnderWay && systemClock.now() - since < patienceMs) turns = 0
  }
}
