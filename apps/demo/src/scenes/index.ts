import type { Scene } from '../scene.ts'
import { allFail } from './all-fail.ts'
import { circuit } from './circuit.ts'
import { healthy } from './healthy.ts'
import { nextTarget } from './next-target.ts'
import { retryAfter } from './retry-after.ts'
import { streamCut } from './stream-cut.ts'
import { streamDiesEarly } from './stream-dies-early.ts'

/** All scenes, in the order in which they are played. */
export const scenes: readonly Scene[] = [
  healthy(),
  nextTarget,
  retryAfter,
  streamDiesEarly,
  streamCut,
  allFail,
  circuit,
]
