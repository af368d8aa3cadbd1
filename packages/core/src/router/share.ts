import type { EngineContext } from '../engine/run.ts'
import { systemRandom } from '../runtime/random.ts'
import { SharedState } from '../sharing/shared-state.ts'
import type { Store } from '../store/store.ts'
import type { TargetStates } from './target-states.ts'

/** Lets the states of targets hear what other routers say through the store. */
export function share(store: Store, { clock, logger }: EngineContext, states: TargetStates): SharedState {
  return new SharedState({
    store,
    clock,
    // Not the router's own, which may be seeded as another's is: no two may have one name.
    random: systemRandom,
    keys: () => states.keys(),
    listener: {
      onCircuit(target, until) {
        const circuit = states.circuitOf(target)
        if (until > 0) circuit?.openUntil(until, clock.now())
        else circuit?.closedElsewhere(clock.now())
      },
      onPause(key, until, reason) {
        const pause = states.pauseOf(key)
        if (until > 0) pause?.extend(until, reason)
        else pause?.lift()
      },
      onStore: (available) => logger.warn(available ? 'the store is back' : 'the store is gone', {}),
    },
  })
}
