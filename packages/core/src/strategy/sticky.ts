import { affinityKey } from './affinity-key.ts'
import type { AffinityOptions } from './affinity-key.ts'
import { strategyDefaults } from './defaults.ts'
import { hashOf, mix, toFraction } from './hash.ts'
import { lowestBy, startingWith } from './ranked.ts'
import { RecentMap } from './recent-map.ts'
import { spareOf } from './spare.ts'
import type { Candidate, Strategy, StrategyContext } from './strategy.ts'

export interface StickyOptions extends AffinityOptions {
  /** How long a target is kept after the last request that went to it, in milliseconds. @default 300000 */
  readonly ttlMs?: number
  /** A target this many times as busy or slowed down as the others on average is left. @default 3 */
  readonly loadMargin?: number
  /** Most keys that are remembered. @default 10000 */
  readonly maxKeys?: number
}

/**
 * The same target for the same user, session or prompt, so that caches stay warm. Who goes where is a matter of hashes
 * (weighted rendezvous), so that every process says the same and a target that leaves moves none but its own keys. A key
 * whose target was left stays where it went until it rests, lest it lose two caches instead of one; a request that its
 * target cannot serve moves nothing.
 */
export function createSticky(options: StickyOptions = {}): Strategy {
  const { ttlMs = strategyDefaults.ttlMs, loadMargin = strategyDefaults.loadMargin } = options
  const pins = new RecentMap<number, Candidate>(options.maxKeys ?? strategyDefaults.maxKeys, ttlMs)
  /** Requests that their key's target could serve; a request that only one target can serve is not asked about. */
  const stays = new WeakSet<StrategyContext>()
  return {
    name: 'sticky',
    order(candidates, context) {
      const { request, now } = context
      const key = hashOf(affinityKey(request, options))
      const distanceOf = ({ target, weight }: Candidate): number =>
        -Math.log(toFraction(mix(key ^ hashOf(target)))) / weight
      const pinned = pins.get(key, now)
      if (!pinned || candidates.some((candidate) => candidate === pinned)) stays.add(context)
      const rankOf = (candidate: Candidate): number => (candidate === pinned ? -1 : distanceOf(candidate))
      const spare = spareOf(candidates, loadMargin, now)
      return startingWith(lowestBy(spare.length > 0 ? spare : candidates, rankOf), candidates, rankOf)
    },
    chosen(candidate, context) {
      const { request, now } = context
      if (stays.has(context)) pins.set(hashOf(affinityKey(request, options)), candidate, now)
    },
  }
}
