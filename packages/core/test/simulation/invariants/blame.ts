import type { CreateInvariant } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'

/** A service that has content to give is not said to have fallen silent, however long its reader takes to ask for it. */
export const blame: CreateInvariant = (_, violate) => ({
  see(event, at, run) {
    if (event.type !== 'attempt-failed' || run === undefined) return
    const { kind, status, target, number } = event.attempt
    // One with a status is the service's own.
    if (kind !== 'timeout' || status !== undefined) return
    if (at - run.startedAt >= run.options.deadlineMs - roundingMs) return
    if (run.attempts[number - 1]?.call?.state !== 'offering') return
    violate(`request ${run.number} timed out on ${target}, which had been waiting for its reader`)
  },
})
