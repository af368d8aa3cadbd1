import type { Scenario } from '../../src/stage.ts'
import { byzantine } from './byzantine.ts'
import { defences } from './defences.ts'
import { latency } from './latency.ts'
import { limits } from './limits.ts'
import { load } from './load.ts'
import { network } from './network.ts'
import { outages } from './outages.ts'

const all: readonly Scenario[] = [...outages, ...limits, ...network, ...latency, ...byzantine, ...defences, ...load]

/** Each with its name before it. */
export const scenarios: readonly (readonly [string, Scenario])[] = all.map((scenario) => [scenario.name, scenario])
