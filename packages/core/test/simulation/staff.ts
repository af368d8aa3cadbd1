import type { ProviderPlugin } from '../../src/provider/plugin.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { Pools } from './pool-model.ts'
import type { KeyMemory, SeenPool } from './seen-pool.ts'
import { createSeenPool } from './seen-pool.ts'
import type { World } from './world.ts'

/** The providers of one router under one configuration, and their pools of keys. */
export interface Staff {
  readonly models: Pools
  readonly pools: ReadonlyMap<string, SeenPool>
  readonly providers: ReadonlyMap<string, Provider | ProviderPlugin>
  /** What the router knows by the keys of each provider. */
  readonly memories: Map<string, KeyMemory>
}

/** @param before whose providers stay, where their pools do */
export function createStaff(world: World, models: Pools, before?: Staff): Staff {
  const memories = before?.memories ?? new Map<string, KeyMemory>()
  const pools = new Map<string, SeenPool>()
  const providers = new Map<string, Provider | ProviderPlugin>()
  for (const id of world.ids) {
    const model = models.get(id)
    const known = before?.providers.get(id)
    if (known !== undefined && before?.models.get(id) === model) {
      providers.set(id, known)
      const pool = before?.pools.get(id)
      if (pool !== undefined) pools.set(id, pool)
      continue
    }
    const memory = memories.get(id) ?? new Set<string>()
    memories.set(id, memory)
    const pool = model && createSeenPool(model, memory, world.vault)
    if (pool !== undefined) pools.set(id, pool)
    providers.set(id, world.employ(id, pool))
  }
  return { models, pools, providers, memories }
}
