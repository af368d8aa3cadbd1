import type { RouteOptions, RouterOptions, StageConfig } from '../../src/router/options.ts'
import type { Strategy } from '../../src/strategy/strategy.ts'
import type { Outage, TargetModel } from './behaviour.ts'
import type { Draw } from './draw.ts'
import { createDraw } from './draw.ts'

/** A route with every setting that an invariant asks for. */
export type RouteScenario = RouteOptions & { readonly deadlineMs: number; readonly maxAttempts: number }

/** All that a run depends on, besides the code under test. */
export interface Scenario {
  readonly seed: number
  readonly requests: number
  /** Mean time between two requests. */
  readonly gapMs: number
  readonly targets: readonly TargetModel[]
  readonly routes: Readonly<Record<string, RouteScenario>>
  readonly circuit: NonNullable<RouterOptions['circuit']>
  readonly retryBudget: NonNullable<RouterOptions['retryBudget']>
}

const shuffled: Strategy = {
  name: 'shuffled',
  order: (candidates, { random }) => {
    const keyed = candidates.map((candidate) => ({ candidate, key: random() }))
    return keyed.sort((a, b) => a.key - b.key).map(({ candidate }) => candidate)
  },
}

function drawOutages(draw: Draw, horizonMs: number): Outage[] {
  const types = ['down', 'flaky', 'limited', 'silent', 'slow', 'refused', 'cut'] as const
  return Array.from({ length: draw.integer(0, 4) }, () => {
    const from = draw.random() * horizonMs
    const type = draw.pick(types)
    // A refusal pauses for minutes; a short one does.
    const lastsMs = type === 'refused' ? 2000 : draw.exponential(30_000)
    return { from, until: from + lastsMs, type }
  })
}

function drawTargets(draw: Draw, horizonMs: number): TargetModel[] {
  const targets: TargetModel[] = []
  for (let provider = 1; provider <= draw.integer(3, 6); provider++) {
    for (let model = 1; model <= draw.integer(1, 2); model++) {
      targets.push({
        target: `p${provider}/m${model}`,
        medianMs: draw.integer(50, 900),
        pieceMs: draw.integer(5, 120),
        faultRate: draw.pick([0.01, 0.05, 0.15]),
        stubbornRate: draw.pick([0, 0, 0.1]),
        outages: drawOutages(draw, horizonMs),
      })
    }
  }
  return targets
}

function drawStages(draw: Draw, targets: readonly TargetModel[], inner: readonly string[]): StageConfig[] {
  return Array.from({ length: draw.integer(1, 3) }, () => {
    const chosen = draw.shuffle(targets).slice(0, draw.integer(1, 3))
    const names = chosen.map(({ target }) => target)
    if (inner.length > 0 && draw.chance(0.4)) names[draw.integer(0, names.length - 1)] = draw.pick(inner)
    return { targets: names, strategy: draw.chance(0.3) ? shuffled : 'priority' }
  })
}

function drawRoutes(draw: Draw, targets: readonly TargetModel[]): Record<string, RouteScenario> {
  const routes: Record<string, RouteScenario> = {}
  for (let route = 1; route <= draw.integer(4, 7); route++) {
    const deadlineMs = draw.chance(0.3) ? draw.integer(500, 4000) : draw.integer(10_000, 60_000)
    const share = (least: number, most: number): number =>
      Math.round(deadlineMs * (least + draw.random() * (most - least)))
    const attempts = draw.integer(0, 3)
    routes[`route-${route}`] = {
      stages: drawStages(draw, targets, Object.keys(routes)),
      retry: { attempts, baseMs: draw.pick([50, 250, 1000]) },
      maxAttempts: attempts + draw.integer(1, 5),
      deadlineMs,
      attemptMs: share(0.3, 0.9),
      firstContentMs: share(0.2, 0.6),
      idleMs: Math.min(share(0.1, 0.5), 5000),
      maxWaitMs: draw.chance(0.3) ? 0 : share(0.1, 0.4),
    }
  }
  return routes
}

export function createScenario(seed: number, requests: number): Scenario {
  const draw = createDraw(seed)
  const gapMs = draw.integer(15, 80)
  const targets = drawTargets(draw, requests * gapMs)
  return {
    seed,
    requests,
    gapMs,
    targets,
    routes: drawRoutes(draw, targets),
    circuit: draw.chance(0.5) ? {} : { halfOpenPermits: draw.integer(1, 2), permitLeaseMs: 5000, openMs: 1000 },
    retryBudget: draw.pick([{}, { ratio: 0.05, minimumPerSecond: 0.05 }, { ratio: 0, minimumPerSecond: 0.1 }]),
  }
}
