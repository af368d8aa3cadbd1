import type { Draw } from './draw.ts'
import type { Scenario } from './scenario.ts'

/** How one caller behaves. */
export interface CallerPlan {
  /** A route's name or a target. */
  readonly model: string
  readonly streamed: boolean
  readonly hasSignal: boolean
  /** Aborts its signal after this; 0 before it asks, -1 never. */
  readonly abortAfterMs: number
  /** Leaves a stream between two reads, after this many. */
  readonly readsAtMost: number
  /** Leaves a stream at any moment, a waiting read included; 0 never. */
  readonly walkOutAfterMs: number
  /** Takes this long over each event. */
  readonly readEveryMs: number
}

const patient = {
  hasSignal: true,
  abortAfterMs: -1,
  readsAtMost: Number.POSITIVE_INFINITY,
  walkOutAfterMs: 0,
  readEveryMs: 0,
}

export function drawCaller(scenario: Scenario, draw: Draw): CallerPlan {
  const named = draw.chance(0.03) ? scenario.targets.map(({ target }) => target) : Object.keys(scenario.routes)
  const model = draw.pick(named)
  const streamed = draw.chance(0.5)
  const base: CallerPlan = { ...patient, model, streamed }
  const dice = draw.random()
  if (dice < 0.6) return base
  if (dice < 0.7) return { ...base, hasSignal: false }
  if (dice < 0.85) return { ...base, abortAfterMs: draw.duration(600) }
  if (dice < 0.86) return { ...base, abortAfterMs: 0 }
  if (!streamed) return base
  if (dice < 0.91) return { ...base, readsAtMost: draw.integer(0, 4) }
  if (dice < 0.95) return { ...base, walkOutAfterMs: draw.duration(500) }
  const slow = { ...base, readEveryMs: draw.duration(800) }
  return draw.chance(0.3) ? { ...slow, abortAfterMs: draw.duration(1500) } : slow
}
