import type { RouterOptions } from '../../src/router/options.ts'
import type { TargetModel } from './behaviour.ts'
import type { Change } from './changes.ts'
import { drawChanges } from './changes.ts'
import type { Configuration } from './configuration.ts'
import { drawConfiguration } from './configuration.ts'
import { createDraw } from './draw.ts'
import type { KeyModel } from './pool-model.ts'
import { drawKeys, drawSteadyKeys } from './keys.ts'
import { drawSteadyConfiguration } from './steady.ts'
import { drawSteadyTargets, drawTargets } from './targets.ts'

/**
 * `rough`: all that can happen. `shared`: the same, to two routers with one store. `calm`: nothing fails, so that shares
 * can be measured. `mending`: half of the services are ill at first and well later, so that it shows who comes back.
 */
export type ScenarioKind = 'rough' | 'shared' | 'calm' | 'mending'

/** All that a run depends on, besides the code under test. */
export interface Scenario {
  readonly kind: ScenarioKind
  readonly seed: number
  readonly requests: number
  /** Mean time between two requests. */
  readonly gapMs: number
  readonly targets: readonly TargetModel[]
  /** All keys that providers with pools ever have. */
  readonly keys: ReadonlyMap<string, KeyModel>
  /** What routers begin with. */
  readonly configuration: Configuration
  readonly changes: readonly Change[]
  readonly circuit: NonNullable<RouterOptions['circuit']>
  readonly retryBudget: NonNullable<RouterOptions['retryBudget']>
  /** Whether requests go through middlewares. */
  readonly layered: boolean
  /** From then on all services are well. */
  readonly wellFrom: number
}

/** Two seeds of ten measure shares, one has two routers. */
export function kindOf(seed: number): ScenarioKind {
  return ({ 3: 'calm', 6: 'mending', 9: 'shared' } as const)[(seed % 10) as 3 | 6 | 9] ?? 'rough'
}

export function createScenario(seed: number, requests: number): Scenario {
  const kind = kindOf(seed)
  const draw = createDraw(seed)
  const gapMs = draw.integer(15, 80)
  const horizonMs = requests * gapMs
  if (kind === 'calm' || kind === 'mending') {
    const wellFrom = kind === 'mending' ? horizonMs / 5 : 0
    const targets = drawSteadyTargets(draw, wellFrom)
    const drawn = drawSteadyConfiguration(draw, targets, kind === 'calm' ? 2 : 1)
    const { models: keys, configuration } = drawSteadyKeys(createDraw(seed + 4), targets, drawn)
    const layered = draw.chance(0.3)
    return {
      kind,
      seed,
      requests,
      gapMs,
      targets,
      keys,
      configuration,
      changes: [],
      circuit: {},
      retryBudget: {},
      layered,
      wellFrom,
    }
  }
  const targets = drawTargets(draw, horizonMs)
  const first = drawConfiguration(draw, draw.shuffle(targets).slice(0, draw.integer(3, targets.length)))
  const drawn = { configuration: first, changes: drawChanges(draw, horizonMs, first, targets) }
  const { models: keys, configuration, changes } = drawKeys(createDraw(seed + 4), targets, horizonMs, drawn)
  return {
    kind,
    seed,
    requests,
    gapMs,
    targets,
    keys,
    configuration,
    changes,
    circuit: draw.chance(0.5) ? {} : { halfOpenPermits: draw.integer(1, 2), permitLeaseMs: 5000, openMs: 1000 },
    retryBudget: draw.pick([{}, { ratio: 0.05, minimumPerSecond: 0.05 }, { ratio: 0, minimumPerSecond: 0.1 }]),
    layered: draw.chance(0.3),
    wellFrom: Infinity,
  }
}
