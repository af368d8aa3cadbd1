import { startingWith } from './ranked.ts'
import type { Candidate, Strategy, StrategyContext } from './strategy.ts'

const isUnhealthy = ({ health }: Candidate): boolean => health.status === 'unhealthy'

/**
 * Stays where it is until that fails. It begins with the first target of the stage; when the current one could not be
 * called or is unhealthy, the first that is not takes over, and keeps the traffic although the old one recovers, until
 * it fails itself. That is the difference to `priority`, which goes back to the first at once. A request that the
 * current target cannot serve goes elsewhere and moves nobody.
 */
export function createFailover(): Strategy {
  /** All targets of the stage, as far as they were seen together. */
  let all: readonly Candidate[] = []
  let moved: Candidate | undefined
  const offered = new WeakMap<StrategyContext, readonly Candidate[]>()
  return {
    name: 'failover',
    order(candidates, context) {
      offered.set(context, candidates)
      const stays = moved && candidates.find((candidate) => candidate === moved)
      const isFirst = stays !== undefined && !isUnhealthy(stays)
      const first = isFirst ? stays : (candidates.find((candidate) => !isUnhealthy(candidate)) ?? candidates[0])
      return startingWith(first, candidates, (candidate) => (isUnhealthy(candidate) ? 1 : 0))
    },
    chosen(candidate, context) {
      const candidates = offered.get(context) ?? []
      if (candidates.length > all.length) all = candidates
      const current = moved ?? all[0]
      if (candidate !== current && candidates.some((other) => other === current)) moved = candidate
    },
  }
}
