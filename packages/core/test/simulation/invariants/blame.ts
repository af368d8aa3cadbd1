import type { CreateInvariant } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'

/** A service that has content to give is not said to have fallen silent, however long its reader takes to ask for it. */
export const blame: CreateInvariant = (scenario, violate, calls) => ({
  see(event, at, run) {
    if (event.type !== 'attempt-failed' || run === undefined) return
    const { kind, status, target, number } = event.attempt
    // One with a status is the service's own.
    if (kind !== 'timeout' || status !== undefined) return
    const startedAt = run.attempts[number - 1]?.at
    const deadlineMs = scenario.routes[run.route]?.deadlineMs ?? 60_000
    if (at - run.startedAt >= deadlineMs - roundingMs) return
    // Several may have begun at the same moment; whose call is whose is only known of a caller's own.
    const { caller } = run
    const possible = calls.filter((one) => one.target === target && one.at === startedAt)
    const own = possible.filter((one) => caller === undefined || one.caller === caller.id)
    if (own.length === 0 || !own.every(({ state }) => state === 'offering')) return
    violate(`request ${run.number} timed out on ${target}, which had been waiting for its reader`)
  },
})
