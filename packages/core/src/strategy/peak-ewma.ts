import { strategyDefaults } from './defaults.ts'
import { expectedMs } from './expected-ms.ts'
import { drawExplored } from './explored.ts'
import type { ExplorationOptions } from './healthiest.ts'
import { startingWith } from './ranked.ts'
import type { Candidate, Strategy } from './strategy.ts'

/**
 * The less loaded of two that are drawn at random: the time to its first content, which jumps to a peak at once and
 * forgets it slowly, times the calls that would then be under way, by its weight. As in Finagle's peak EWMA balancer;
 * two choices keep a burst from running to one target that looks best to everyone.
 */
export function createPeakEwma({ explore = strategyDefaults.explore }: ExplorationOptions = {}): Strategy {
  return {
    name: 'peak-ewma',
    order(candidates, { now, random }) {
      const loadOf = ({ health, weight }: Candidate): number =>
        weight > 0 ? (expectedMs(health, health.peakFirstContentMs(now)) * (health.inFlight + 1)) / weight : Infinity
      const pick = <C extends Candidate>(from: readonly C[]): C | undefined => {
        const at = Math.floor(random() * from.length)
        const step = 1 + Math.floor(random() * (from.length - 1))
        const one = from[at]
        const other = from[(at + step) % from.length]
        return one !== undefined && other !== undefined && loadOf(other) < loadOf(one) ? other : one
      }
      return startingWith(drawExplored(candidates, explore, random) ?? pick(candidates), candidates, loadOf)
    },
  }
}
