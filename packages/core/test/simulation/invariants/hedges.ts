import type { CreateInvariant } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'
import type { RouteScenario } from '../configuration.ts'

interface Counted {
  requests: number
  hedges: number
}

/**
 * Hedges stay within their share of a route's requests, go out no sooner than they may, one a request, to another target
 * than the first; and whoever is outraced is aborted down to its service.
 */
export const hedges: CreateInvariant = (_, violate) => {
  const counted = new Map<RouteScenario, Counted>()
  return {
    see(event, at, run) {
      if (run === undefined) return
      if (event.type === 'attempt-started') {
        const { hedge } = run.options
        const counts = counted.get(run.options) ?? { requests: 0, hedges: 0 }
        counted.set(run.options, counts)
        if (event.number === 1) counts.requests++
        if (event.reason !== 'hedge') return
        counts.hedges++
        if (hedge === undefined) return violate(`request ${run.number} was hedged on a route without hedges`)
        const { maxShare = 0.05, afterMs = 0 } = hedge
        if (counts.hedges > maxShare * counts.requests + roundingMs) {
          violate(`${counts.hedges} of ${counts.requests} requests of ${run.route} were hedged, at most ${maxShare}`)
        }
        const [first] = run.attempts
        if (event.number !== 2 || first?.line !== undefined) violate(`request ${run.number} was hedged beside nothing`)
        if (first?.target === event.target) violate(`request ${run.number} was hedged by ${event.target} itself`)
        if (at - (first?.at ?? 0) < afterMs - roundingMs) violate(`request ${run.number} was hedged too soon`)
      }
      if (event.type === 'attempt-outraced') {
        const { number, target } = event.attempt
        const attempt = run.attempts[number - 1]
        if (attempt?.call?.signal.aborted === false) violate(`the outraced call of ${target} goes on`)
        const ends = attempt?.inner?.ends ?? []
        if (attempt?.inner !== undefined && ends.length !== 1) violate(`the outraced route ${target} goes on`)
      }
    },
  }
}
