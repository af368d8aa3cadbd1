import type { CreateInvariant } from '../invariant.ts'
import { blame } from './blame.ts'
import { budgets } from './budgets.ts'
import { circuits } from './circuits.ts'
import { costs } from './costs.ts'
import { eligibility } from './eligibility.ts'
import { fairness } from './fairness.ts'
import { hedges } from './hedges.ts'
import { keys } from './keys.ts'
import { ledgers } from './ledgers.ts'
import { limits } from './limits.ts'
import { outcomes } from './outcomes.ts'
import { pausesHold } from './pauses.ts'
import { reloads } from './reloads.ts'
import { nothingRemains } from './remains.ts'
import { streams } from './streams.ts'

/** All that must hold. */
export const invariants: readonly CreateInvariant[] = [
  outcomes,
  ledgers,
  costs,
  circuits,
  pausesHold,
  keys,
  budgets,
  limits,
  hedges,
  fairness,
  eligibility,
  reloads,
  blame,
  streams,
  nothingRemains,
]
